import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRecord, encodeRecord } from './stored-record.js';

const text = fc.string({ unit: 'binary' });
const id = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));

test('what is written can be read back, and the body stands in the file as it is', () => {
  fc.assert(
    fc.property(id, fc.nat(), fc.option(id, { nil: undefined }), text, (id, version, subject, body) => {
      const record = { id, version, expiresAt: 1, body, ...(subject === undefined ? {} : { subject }) };
      const mark = subject === undefined ? undefined : 'mark';
      const file = encodeRecord(record, mark);

      expect(file.endsWith(`\n${body}`)).toBe(true);
      expect(decodeRecord(file)).toEqual({ id, version, body, ...(subject === undefined ? {} : { subject, mark }) });
    }),
  );
});

describe('a file that is no record says why', () => {
  const good = encodeRecord({ id: 'a', version: 1, expiresAt: 1, subject: 'ann', body: 'body' }, 'mark');

  test.each([
    ['an empty file', '', /does not begin with the line of a session record/],
    ['no line', good.split('\n')[0] ?? '', /does not begin/],
    ['zeros, as a loss of power leaves them', '\0'.repeat(good.length), /does not begin/],
    ['other JSON', '[]\n', /does not begin/],
    ['null', 'null\n', /does not begin/],
    ['half a line', good.slice(10), /does not begin/],
    ['a later format', good.replace('"sess":1', '"sess":2'), /format 2, which this version of the store does not know/],
    ['a body cut short', good.slice(0, -1), /not as long as it says/],
    ['a body too long', `${good}x`, /not as long as it says/],
    ['no id', good.replace('"id"', '"ID"'), /no id or no version/],
    ['a version of another type', good.replace('"version":1', '"version":"1"'), /no id or no version/],
    ['a subject without its mark', good.replace('"mark"', '"Mark"'), /unfit subject/],
  ])('%s', (_, file, reason) => {
    expect(decodeRecord(file)).toEqual({ reason: expect.stringMatching(reason) });
  });

  test('whatever it holds, nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.json().map((json) => `${json}\n`),
          fc.nat(good.length).map((end) => good.slice(0, end)),
        ),
        (file) => {
          expect(decodeRecord(file)).toBeTypeOf('object');
        },
      ),
    );
  });
});
