import { describe, expect, test } from 'vitest';
import { KeyedMutex } from './keyed-mutex.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('KeyedMutex', () => {
  test('lets one in at a time, in the order they came', async () => {
    const mutex = new KeyedMutex();
    const log: string[] = [];
    const leavers: (() => void)[] = [];
    for (const name of ['a', 'b', 'c']) {
      void mutex.acquire('id').then((release) => {
        log.push(name);
        leavers.push(release);
      });
    }
    await settle();
    expect(log).toEqual(['a']);
    leavers[0]?.();
    await settle();
    expect(log).toEqual(['a', 'b']);
    leavers[1]?.();
    await settle();
    expect(log).toEqual(['a', 'b', 'c']);
  });

  test('those of another session are not waited for', async () => {
    const mutex = new KeyedMutex();
    await mutex.acquire('one');
    await mutex.acquire('two');
  });

  test('whoever comes after everybody has left does not wait, and leaving twice lets nobody in too early', async () => {
    const mutex = new KeyedMutex();
    const releaseFirst = await mutex.acquire('id');
    releaseFirst();
    const releaseSecond = await mutex.acquire('id');
    let isThirdIn = false;
    const third = mutex.acquire('id').then((release) => {
      isThirdIn = true;
      return release;
    });
    releaseFirst();
    await settle();
    expect(isThirdIn).toBe(false);
    releaseSecond();
    (await third)();
  });

  test('keeps nothing of sessions that nobody contends for any more', async () => {
    const kept: Map<unknown, unknown>[] = [];
    const RealMap = globalThis.Map;
    class SeenMap extends RealMap<unknown, unknown> {
      constructor() {
        super();
        kept.push(this);
      }
    }
    globalThis.Map = SeenMap as MapConstructor;
    const mutex = new KeyedMutex();
    globalThis.Map = RealMap;

    const release = await mutex.acquire('id');
    const next = mutex.acquire('id');
    release();
    (await next)();
    expect(kept.map(({ size }) => size)).toEqual([0]);
  });
});
