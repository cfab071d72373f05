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
    remembered: fc.boolean(),
    endsAt: time,
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
    expect(encodeBody({ ...envelope, authenticatedAt: 3 }, '{"a":1}')).toBe(
      '{"v":1,"generation":0,"createdAt":1,"updatedAt":2,"secrets":[{"hash":"h","issuedAt":1}],"authenticatedAt":3}\n{"a":1}',
    );
  });

  test('a decoded envelope encodes to the same text, with fields of a later minor version kept', () => {
    const body = encodeBody({ ...envelope, later: true } as Envelope, '{}');
    const decoded = decodeBody(body);
    if (typeof decoded === 'string') throw new Error(decoded);
    expect(encodeBody(decoded.envelope, decoded.dataText)).toBe(body);
  });
});

describe('poisoned store, S5: decodeBody', () => {
  const line = (fields: object) => `${JSON.stringify({ v: 1, ...envelope, ...fields })}\n{}`;

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['bytes', Buffer.from(encodeBody(envelope, '{}'))],
    ['an object', {}],
    ['an empty text', ''],
    ['no border', JSON.stringify({ v: 1, ...envelope })],
    ['no JSON', 'x\n{}'],
    ['JSON cut short', `${encodeBody(envelope, '').slice(0, 40)}\n{}`],
    ['null before the border', 'null\n{}'],
    ['a list before the border', '[1]\n{}'],
    ['a number before the border', '1\n{}'],
    ['no version', `${JSON.stringify(envelope)}\n{}`],
    ['an older version', line({ v: 0 })],
    ['a version as text', line({ v: '2' })],
    ['no generation', line({ generation: undefined })],
    ['a time that is text', line({ createdAt: '1' })],
    ['a time that is a fraction', line({ updatedAt: 1.5 })],
    ['a time beyond what numbers hold', line({ updatedAt: 1e300 })],
    ['a time that is null', line({ authenticatedAt: null })],
    ['remembered as text', line({ remembered: 'false' })],
    ['an end that is text', line({ endsAt: '1' })],
    ['an end that is null, which would be none', line({ endsAt: null })],
    ['secrets that are no list', line({ secrets: { length: 1 } })],
    ['a secret that is null', line({ secrets: [null] })],
    ['a secret without a hash', line({ secrets: [{ issuedAt: 1 }] })],
    ['a hash that is a list', line({ secrets: [{ hash: ['h'], issuedAt: 1 }] })],
    ['a grace that is null, which would never end', line({ secrets: [{ hash: 'h', issuedAt: 1, until: null }] })],
    ['an envelope of more than 4096 bytes', line({ padding: 'x'.repeat(5000) })],
    ['an envelope nested without end', `${'['.repeat(1_000_000)}\n{}`],
    ['express-session’s JSON', '{"cookie":{"originalMaxAge":null},"user":1}'],
  ])('%s is corrupt', (_, body) => {
    expect(decodeBody(body)).toBe('corrupt');
  });

  test('a later version is not taken for this one', () => {
    expect(decodeBody(line({ v: 2 }))).toBe('corrupt');
  });

  test('no text makes it throw', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '"v":1',
      '"v":2',
      ',',
      '\n',
      '"secrets":[]',
      '"createdAt":1',
      '[',
      '\0',
      'x',
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => void decodeBody(pieces.join(''))));
  });

  test('prototype pollution: an envelope cannot reach Object.prototype', () => {
    const body = `{"v":1,"__proto__":{"polluted":1},${JSON.stringify(envelope).slice(1)}\n{}`;
    const decoded = decodeBody(body);
    if (typeof decoded === 'string') throw new Error(decoded);
    const copy: object = { ...decoded.envelope };
    expect((copy as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
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
