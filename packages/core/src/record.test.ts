import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBody, type Envelope, encodeBody, makeRecord, startedAt } from './record.js';

const time = fc.integer({ min: 0, max: Date.UTC(9999, 0) });
const storedSecret = fc.record(
  { hash: fc.stringMatching(/^[\w-]{43}$/), issuedAt: time, until: time },
  { requiredKeys: ['hash', 'issuedAt'] },
);
const anyEnvelope: fc.Arbitrary<Envelope> = fc.record(
  {
    generation: fc.nat(),
    createdAt: time,
    authenticatedAt: time,
    loginRank: time,
    remembered: fc.constant(true),
    updatedAt: time,
    secrets: fc.array(storedSecret, { maxLength: 4 }),
  },
  { requiredKeys: ['generation', 'createdAt', 'updatedAt', 'secrets'] },
) as fc.Arbitrary<Envelope>;

const envelope: Envelope = { generation: 0, createdAt: 1, updatedAt: 2, secrets: [{ hash: 'h', issuedAt: 1 }] };

describe('encodeBody and decodeBody', () => {
  test('what was put together is taken apart again, whatever the data’s text', () => {
    fc.assert(
      fc.property(anyEnvelope, fc.string(), (given, dataText) => {
        const decoded = decodeBody(encodeBody(given, dataText));
        expect(decoded).toMatchObject({ envelope: given, dataText });
      }),
    );
  });

  test('data’s text with line feeds stays whole', () => {
    expect(decodeBody(encodeBody(envelope, '{\n"a": 1\n}\n'))).toMatchObject({ dataText: '{\n"a": 1\n}\n' });
  });

  test('encodes as before: records of this version are read by the next', () => {
    expect(encodeBody(envelope, '{"a":1}')).toBe('[1,1,1,0,[["h",0]]]\n{"a":1}');
    expect(encodeBody({ ...envelope, generation: 2, authenticatedAt: 3 }, '{}')).toBe('[1,1,1,2,[["h",0]],2]\n{}');
    expect(encodeBody({ ...envelope, remembered: true }, '{}')).toBe('[1,1,1,0,[["h",0]],null,null,1]\n{}');
    const replaced = { hash: 'g', issuedAt: 0, until: 5 };
    expect(encodeBody({ ...envelope, secrets: [...envelope.secrets, replaced] }, '{}')).toBe(
      '[1,1,1,0,[["h",0],["g",-1,4]]]\n{}',
    );
  });
});

describe('poisoned store, S5: decodeBody', () => {
  /** The line of a sound envelope with one of its members replaced. */
  const line = (at: number, member: unknown) => {
    const members: unknown[] = [1, 1, 1, 0, [['h', 0]], 2, 3, 1];
    members[at] = member;
    return `${JSON.stringify(members)}\n{}`;
  };

  test('the envelope that the following are made of is sound', () => {
    expect(decodeBody(line(0, 1))).not.toBe('corrupt');
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['bytes', Buffer.from(encodeBody(envelope, '{}'))],
    ['an object', {}],
    ['an empty text', ''],
    ['no border', '[1,1,1,0,[["h",0]]]'],
    ['no JSON', 'x\n{}'],
    ['JSON cut short', '[1,1,1,0,[["h",0]]\n{}'],
    ['null before the border', 'null\n{}'],
    ['an empty list before the border', '[]\n{}'],
    ['a number before the border', '1\n{}'],
    ['an object before the border', '{"0":1,"length":5}\n{}'],
    ['no version', line(0, undefined)],
    ['an older version', line(0, 0)],
    ['a version as text', line(0, '1')],
    ['no generation', line(3, null)],
    ['a time that is text', line(1, '1')],
    ['a time that is a fraction', line(2, 1.5)],
    ['a time beyond what numbers hold', line(1, 1e300)],
    ['a login that is text', line(5, '2')],
    ['remembered as text', line(7, 'true')],
    ['remembered as no', line(7, 0)],
    ['more than there is to note', line(8, 1)],
    ['no secrets', '[1,1,1,0]\n{}'],
    ['secrets that are no list', line(4, { length: 1 })],
    ['a secret that is null', line(4, [null])],
    ['a secret that is a text', line(4, ['h0'])],
    ['a secret without a hash', line(4, [[0, 0]])],
    ['a secret without a time', line(4, [['h']])],
    ['a hash that is a list', line(4, [[['h'], 0]])],
    ['a grace that is null, which would never end', line(4, [['h', 0, null]])],
    ['a secret with more than there is to note', line(4, [['h', 0, 1, 2]])],
    ['an envelope of more than 4096 bytes', line(4, [['h'.repeat(5000), 0]])],
    ['an envelope nested without end', `${'['.repeat(1_000_000)}\n{}`],
    ['express-session’s JSON', '{"cookie":{"originalMaxAge":null},"user":1}'],
  ])('%s is corrupt', (_, body) => {
    expect(decodeBody(body)).toBe('corrupt');
  });

  test('a later version is not taken for this one', () => {
    expect(decodeBody(line(0, 2))).toBe('corrupt');
  });

  test('no text makes it throw', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '1', ',', '"h"', 'null', '\n', '[1,1,1,0,[', '\0', 'x');
    fc.assert(fc.property(fc.array(piece), (pieces) => void decodeBody(pieces.join(''))));
  });
});

describe('startedAt', () => {
  test('E3: the last login, or else the creation', () => {
    expect(startedAt(envelope)).toBe(1);
    expect(startedAt({ ...envelope, authenticatedAt: 7 })).toBe(7);
  });
});

describe('makeRecord', () => {
  test('leaves an absent subject away', () => {
    expect(Object.keys(makeRecord('i', 1, 2, undefined, 'b'))).not.toContain('subject');
    expect(makeRecord('i', 1, 2, 's', 'b')).toEqual({ id: 'i', version: 1, expiresAt: 2, subject: 's', body: 'b' });
  });
});
