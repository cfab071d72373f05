import type { SessionRecord } from '@sess/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNonce } from './nonce.js';
import { decodeRecord, digits, encodeRecord, type Placement } from './stored-record.js';

const time = fc.nat(Number.MAX_SAFE_INTEGER);
const text = fc.string({ unit: 'binary' });

const anyRecord: fc.Arbitrary<SessionRecord> = fc
  .record({ id: text, version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), expiresAt: time, body: text })
  .chain((record) =>
    fc.oneof(
      fc.constant(record),
      text.map((subject) => ({ ...record, subject })),
    ),
  );

const placement: fc.Arbitrary<Placement> = time.map((until) => ({ until, mark: createNonce() }));

describe('a stored record', () => {
  it('gives back every record and its placement after a way through UTF-8', () => {
    fc.assert(
      fc.property(anyRecord, placement, (record, placed) => {
        const value = Buffer.from(encodeRecord(record, placed, createNonce())).toString();
        expect(decodeRecord(record.id, value)).toEqual({ record, placement: placed });
      }),
    );
  });

  it('takes every other value for a foreign record, and never throws', () => {
    fc.assert(
      fc.property(text, (value) => {
        const { record } = decodeRecord('id', value);
        expect(record).toEqual({ id: 'id', version: 1, expiresAt: Number.MAX_SAFE_INTEGER, body: value });
      }),
    );
  });
});

describe('a stored value', () => {
  // Servers keep values for as long as sessions live: a change here needs another figure in front.
  it('has this form', () => {
    const record = { id: 'a', version: 7, expiresAt: 1_900_000_000_000, subject: 'ann', body: '{}' };
    const value = encodeRecord(record, { until: 1_900_000_003_600, mark: 'markmark' }, 'noncenon');
    expect(value).toBe(
      's1:00019000000000000001900000003600markmark0000000000000007noncenon------------------------=ann\n{}',
    );
  });

  it.each(['s2:', 'S1:', ''])('that begins with "%s" is foreign', (magic) => {
    const record = { id: 'a', version: 7, expiresAt: 1_900_000_000_000, body: '{}' };
    const value = magic + encodeRecord(record, { until: 0, mark: '--------' }, 'noncenon').slice(3);
    expect(decodeRecord('a', value).record.body).toBe(value);
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('cannot hold the number %s', (value) => {
    expect(() => digits(value)).toThrow(RangeError);
  });
});
