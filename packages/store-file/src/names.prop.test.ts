import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createLabel,
  encodeName,
  isEncodedName,
  markerName,
  parseMarkerName,
  parseStateName,
  parseTextName,
  shardOf,
  stateName,
  textName,
} from './names.js';

// Any 16-bit units, unpaired surrogates included.
const anyString = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));

describe('encodeName', () => {
  test("leaves the core's ids readable", () => {
    expect(encodeName('0123456789abcdefghjk')).toBe('0123456789abcdefghjk');
  });

  test('makes a short, lower-case ASCII name of any string', () => {
    fc.assert(
      fc.property(anyString, (text) => {
        expect(encodeName(text)).toMatch(/^[0-9a-z-]{5,66}$/);
        expect(isEncodedName(encodeName(text))).toBe(true);
      }),
    );
  });

  test('gives two strings two names, also where a file system folds case or normalises', () => {
    const rewrite = fc.constantFrom<(text: string) => string>(
      (text) => text.toUpperCase(),
      (text) => text.toLowerCase(),
      (text) => text.normalize('NFC'),
      (text) => text.normalize('NFD'),
      (text) => `${text}.`,
      (text) => `${text} `,
      (text) => encodeName(text),
      (text) => text.slice(1),
    );
    const text = fc.oneof(anyString, fc.stringMatching(/^[0-9a-z]{4,66}$/), fc.stringMatching(/^[à-ýA-Za-z]{1,40}$/));
    fc.assert(
      fc.property(text, rewrite, (one, change) => {
        const other = change(one);
        if (other !== one && other !== encodeName(one)) expect(encodeName(other)).not.toBe(encodeName(one));
      }),
    );
  });

  test.each([
    ['Admin', 'admin'],
    ['\u00e9', 'e\u0301'],
    ['\ud800', '\ud801'],
    ['h-x', 'h-y'],
    ['x'.repeat(65), `${'x'.repeat(64)}y`],
  ])('tells %j from %j', (one, other) => {
    expect(encodeName(one).toLowerCase()).not.toBe(encodeName(other).toLowerCase());
  });

  test.each(['', '.', '..', '../a', 'con', 'nul', 'com1', 'a/b', 'a\0b'])('does not use %j as it is', (text) => {
    expect(encodeName(text)).toMatch(/^h-[0-9a-f]{64}$/);
  });

  test('never gives a name that is itself the name of another string', () => {
    fc.assert(
      fc.property(
        anyString,
        (text) => void expect(encodeName(encodeName(text)) === encodeName(text)).toBe(/^[0-9a-z]{5,64}$/.test(text)),
      ),
    );
  });
});

test('shardOf spreads ids of the core over 256 shards', () => {
  const sizes = new Map<string, number>();
  for (let n = 0; n < 25_600; n++) {
    const shard = shardOf(`${(n * 7919).toString(36)}abcdefghjkmnpqrs`);
    sizes.set(shard, (sizes.get(shard) ?? 0) + 1);
  }

  expect(sizes.size).toBe(256);
  expect(Math.max(...sizes.values())).toBeLessThan(200);
});

test('labels do not repeat', () => {
  expect(new Set(Array.from({ length: 1000 }, createLabel)).size).toBe(1000);
});

describe('names that say something can be read back', () => {
  const label = fc.constant(undefined).map(createLabel);
  const base = fc.oneof(label, fc.constant('0'));

  test('states', () => {
    const state = fc.record({ version: fc.maxSafeNat(), expiresAt: fc.maxSafeInteger(), label, base });
    fc.assert(fc.property(state, (each) => void expect(parseStateName(stateName(each))).toEqual(each)));
  });

  test('texts', () => {
    fc.assert(
      fc.property(fc.record({ label, base }), (each) => void expect(parseTextName(textName(each))).toEqual(each)),
    );
  });

  test('markers', () => {
    const marker = fc.record({ name: anyString.map(encodeName), mark: label });
    fc.assert(fc.property(marker, (each) => void expect(parseMarkerName(markerName(each))).toEqual(each)));
  });

  test.each(['', 'current', 'current.1.2', 'current.x.2.a.b', 'a.record', '.record', 'current.1.2.0.0', '../x.record'])(
    '%j says nothing',
    (name) => {
      expect([parseStateName(name), parseTextName(name), parseMarkerName(name)]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    },
  );
});
