import { describe, expect, test } from 'vitest';
import { addSecret, confirmSecret, findSecret, isConfirmationDue, isRotationDue, type Secrets } from './secrets.js';

const policy = { every: 1000, grace: 100 };

/** Hashes of equal length, as the core's always are. */
const secret = (hash: string, issuedAt = 0, until?: number) =>
  until === undefined ? { hash, issuedAt } : { hash, issuedAt, until };
const hashes = (secrets: Secrets) => secrets.map(({ hash }) => hash).join('');

describe('the life of a rotation', () => {
  test('a new secret in front; both work; the new one shown, the old one gets a grace; then it counts as reused', () => {
    const before = [secret('a')];
    const rotated = addSecret(before, 'b', 1000, 'a');
    expect(rotated).toEqual([secret('b', 1000), secret('a')]);
    expect(findSecret(rotated, 'a', 999_999)).toBe(1);
    expect(findSecret(rotated, 'b', 1000)).toBe(0);

    expect(isConfirmationDue(rotated, 1)).toBe(false);
    expect(isConfirmationDue(rotated, 0)).toBe(true);
    const confirmed = confirmSecret(rotated, 'b', 1100);
    expect(confirmed).toEqual([secret('b', 1000), secret('a', 0, 1100)]);
    expect(isConfirmationDue(confirmed, 0)).toBe(false);

    expect(findSecret(confirmed, 'a', 1099)).toBe(1);
    expect(findSecret(confirmed, 'a', 1100)).toBe('reused');
    expect(findSecret(confirmed, 'b', 1100)).toBe(0);
    expect(findSecret(confirmed, 'c', 1100)).toBe('superseded');
  });

  test('a grace that has begun is not prolonged by a later confirmation', () => {
    const secrets = [secret('b', 1000), secret('a', 0, 1100)];
    expect(confirmSecret(secrets, 'b', 5000)).toEqual(secrets);
    expect(confirmSecret([secret('c', 2000), ...secrets], 'c', 5000)).toEqual([
      secret('c', 2000),
      secret('b', 1000, 5000),
      secret('a', 0, 1100),
    ]);
  });

  test('the one in the middle shown: newer ones stay, older ones get their grace', () => {
    const secrets = [secret('c', 2), secret('b', 1), secret('a')];
    expect(confirmSecret(secrets, 'b', 50)).toEqual([secret('c', 2), secret('b', 1), secret('a', 0, 50)]);
  });

  test('an unknown hash confirms nothing', () => {
    const secrets = [secret('b'), secret('a')];
    expect(confirmSecret(secrets, 'x', 50)).toEqual(secrets);
    expect(isConfirmationDue(secrets, -1)).toBe(false);
  });
});

describe('findSecret', () => {
  test('a session without secrets is opened by nothing', () => {
    expect(findSecret([], '', 0)).toBe('superseded');
    expect(findSecret([], 'a', 0)).toBe('superseded');
  });

  test('timing: does not compare beyond the length, and an empty or partial hash finds nothing', () => {
    const secrets = [secret('abc')];
    for (const hash of ['', 'a', 'ab', 'abcd', 'ABC', 'abd']) expect(findSecret(secrets, hash, 0)).toBe('superseded');
    expect(findSecret(secrets, 'abc', 0)).toBe(0);
  });
});

describe('addSecret', () => {
  test('remembers four', () => {
    let secrets: Secrets = [secret('a')];
    for (const [at, hash] of ['b', 'c', 'd', 'e'].entries()) secrets = addSecret(secrets, hash, at, secrets[0]?.hash);
    expect(hashes(secrets)).toBe('edcb');
  });

  // A client whose responses get lost, or that ignores cookies, would otherwise be logged out by the rotations meant for it.
  test('E2: never forgets the one the browser is known to have', () => {
    let secrets: Secrets = [secret('a')];
    for (const hash of ['b', 'c', 'd', 'e', 'f']) secrets = addSecret(secrets, hash, 0, 'a');
    expect(secrets).toHaveLength(4);
    expect(hashes(secrets)).toBe('feda');
  });
});

describe('isRotationDue', () => {
  test('from `every` after the newest was issued, if the browser has it', () => {
    expect(isRotationDue([secret('a', 500)], 0, policy, 1499)).toBe(false);
    expect(isRotationDue([secret('a', 500)], 0, policy, 1500)).toBe(true);
  });

  test('from a grace after the newest was issued, if the browser has not shown it: the response may be lost', () => {
    const secrets = [secret('b', 500), secret('a')];
    expect(isRotationDue(secrets, 1, policy, 599)).toBe(false);
    expect(isRotationDue(secrets, 1, policy, 600)).toBe(true);
  });

  test('never of one that was replaced and is in its grace', () => {
    expect(isRotationDue([secret('b', 500), { ...secret('a'), until: 700 }], 1, policy, 650)).toBe(false);
  });

  test('never where rotation is not wanted', () => {
    expect(isRotationDue([secret('a')], 0, { every: Infinity, grace: 0 }, 1e12)).toBe(false);
    expect(isRotationDue([], 0, policy, 1e12)).toBe(false);
  });
});
