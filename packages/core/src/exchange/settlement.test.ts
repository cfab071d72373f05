import { describe, expect, test } from 'vitest';
import { Settlement } from './settlement.js';

describe('Settlement', () => {
  test('settles as the work does', async () => {
    await expect(Settlement.of(Promise.resolve())).resolves.toBeUndefined();
    await expect(Settlement.of(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  test('knows whether anybody has looked at it', async () => {
    const settlement = Settlement.of(Promise.resolve());
    expect(settlement.isObserved).toBe(false);
    await settlement;
    expect(settlement.isObserved).toBe(true);
  });

  test('is a promise, and those derived from it are ordinary ones', () => {
    const settlement = Settlement.of(Promise.resolve());
    expect(settlement).toBeInstanceOf(Promise);
    expect(settlement.then()).not.toBeInstanceOf(Settlement);
    expect(settlement.catch(() => {})).not.toBeInstanceOf(Settlement);
    expect(settlement.finally(() => {})).not.toBeInstanceOf(Settlement);
  });

  test('a failure that nobody looks at is no unhandled rejection; one that a derived promise passes on is', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push((reason as Error).message);
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', note);
    void Settlement.of(Promise.reject(new Error('kept')));
    void Settlement.of(Promise.reject(new Error('passed on'))).then(() => {});
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    for (const listener of listeners) process.on('unhandledRejection', listener);
    expect(unhandled).toEqual(['passed on']);
  });
});
