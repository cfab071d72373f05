import type { SessionRecord } from '@sess/core';
import { describe, expect, it } from 'vitest';
import { Model } from './model.js';
import type { Call } from './worlds.js';

const start = 1_000_000;
const recordOf = (parts: Partial<SessionRecord> = {}): SessionRecord => ({
  ...{ id: 'a', version: 1, expiresAt: start + 10, body: '' },
  ...parts,
});
const create = (parts?: Partial<SessionRecord>): Call => ({ method: 'create', record: recordOf(parts) });
const update = (version: number, ifVersion: number): Call => ({
  method: 'update',
  record: recordOf({ version }),
  ifVersion,
});
const read: Call = { method: 'read', id: 'a' };
const destroy: Call = { method: 'destroy', id: 'a' };

/** A model that has seen these calls, each with the result given. */
function modelAfter(...calls: readonly (readonly [Call, unknown, number?])[]): Model {
  const model = new Model();
  for (const [call, answer, now = start] of calls) expect(model.accept([{ call, answer }], now)).toBe(true);
  return model;
}

describe('Model', () => {
  it('expects exactly what the contract says while nothing has expired', () => {
    const model = modelAfter([create(), 'created']);
    expect(model.expected(create(), start)).toEqual(['exists']);
    expect(model.expected(read, start)).toEqual([recordOf()]);
    expect(model.expected(update(2, 1), start)).toEqual([{ outcome: 'updated' }]);
    expect(model.expected(update(3, 2), start)).toEqual([{ outcome: 'conflict', current: recordOf() }]);
    expect(model.expected({ method: 'list', subject: 'ann' }, start)).toEqual([[]]);
  });

  it('refuses a wrong answer and stays as it was', () => {
    const model = modelAfter([create(), 'created']);
    expect(model.accept([{ call: read, answer: undefined }], start)).toBe(false);
    expect(model.expected(read, start)).toEqual([recordOf()]);
  });

  it('takes anything for the answer of destroy', () => {
    const model = modelAfter([create(), 'created'], [destroy, 17]);
    expect(model.expected(read, start)).toEqual([undefined]);
  });

  it('lets a sweep find anything from nothing to all that has expired', () => {
    const model = modelAfter([create(), 'created'], [create({ id: 'b' }), 'created'], [create({ id: 'c' }), 'created']);
    const late = start + 10;
    expect(model.expected({ method: 'sweep', limit: 2 }, late)).toHaveLength(3);
    expect(model.accept([{ call: { method: 'sweep', limit: 2 }, answer: 3 }], late)).toBe(false);
    expect(model.accept([{ call: { method: 'sweep', limit: 2 }, answer: 1 }], late)).toBe(true);
    // Less than the limit means that nothing is left.
    expect(model.expected({ method: 'sweep', limit: 2 }, late)).toEqual([0]);
  });

  it('allows both answers for a record that had expired before the clock was set back, and remembers which came', () => {
    const expire = [read, undefined, start + 10] as const;
    const model = modelAfter([create(), 'created'], expire);
    expect(model.expected(read, start)).toHaveLength(2);
    expect(model.accept([{ call: read, answer: undefined }], start)).toBe(true);
    expect(model.expected(read, start)).toEqual([undefined]);
  });

  it('accepts calls made at once in whatever order explains them', () => {
    const winner = { call: update(2, 1), answer: { outcome: 'updated' } };
    const loser = { call: update(2, 1), answer: { outcome: 'conflict', current: recordOf({ version: 2 }) } };
    expect(modelAfter([create(), 'created']).accept([loser, winner], start)).toBe(true);
    expect(modelAfter([create(), 'created']).accept([winner, winner], start)).toBe(false);
    expect(modelAfter([create(), 'created']).accept([loser, loser], start)).toBe(false);
  });

  it('keeps every state that is possible after calls made at once', () => {
    const model = modelAfter([create(), 'created']);
    const both = [
      { call: destroy, answer: undefined },
      { call: create({ body: 'new' }), answer: 'exists' },
    ];
    expect(model.accept(both, start)).toBe(true);
    expect(model.expected(read, start)).toEqual([undefined]);
  });
});
