import { describe, expect, test } from 'vitest';
import { Turns } from './turns.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  test('lets one in at a time, in the order they came', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const leavers: (() => void)[] = [];
    for (const name of ['a', 'b', 'c']) {
      void turns.enter('id').then((leave) => {
        log.push(name);
        leavers.push(leave);
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
    const turns = new Turns();
    await turns.enter('one');
    await turns.enter('two');
  });

  test('whoever comes after everybody has left does not wait, and leaving twice lets nobody in too early', async () => {
    const turns = new Turns();
    const leaveFirst = await turns.enter('id');
    leaveFirst();
    const leaveSecond = await turns.enter('id');
    let isThirdIn = false;
    const third = turns.enter('id').then((leave) => {
      isThirdIn = true;
      return leave;
    });
    leaveFirst();
    await settle();
    expect(isThirdIn).toBe(false);
    leaveSecond();
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
    const turns = new Turns();
    globalThis.Map = RealMap;

    const leave = await turns.enter('id');
    const next = turns.enter('id');
    leave();
    (await next)();
    expect(kept.map(({ size }) => size)).toEqual([0]);
  });
});
