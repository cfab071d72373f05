import { isExpired } from '@sess/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Entry } from './entry.js';
import { ExpiryQueue, finestWidth } from './expiry-queue.js';

const beginning = Date.UTC(2030, 0, 1);

/** Files a new entry. */
function fileAt(queue: ExpiryQueue, expiresAt: number, now: number): Entry {
  const entry = new Entry({ id: 'x', version: 1, expiresAt, body: '' });
  queue.file(entry, expiresAt, now);
  return entry;
}

/** A life in milliseconds, from one to thousands of years, as often short as long. */
const life = fc.nat({ max: 46 }).chain((bits) => fc.integer({ min: 1, max: 2 ** bits }));

describe('ExpiryQueue', () => {
  it('drops every entry once its second is over, and none before it expires', () => {
    const step = fc.record({ lives: fc.array(life, { maxLength: 8 }), wait: life });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const queue = new ExpiryQueue();
        const held = new Set<Entry>();
        let now = beginning;
        for (const { lives, wait } of steps) {
          for (const ms of lives) {
            const entry = fileAt(queue, now + ms, now);
            expect(entry.expiresAt).toBe(now + ms);
            held.add(entry);
          }
          now += wait;
          queue.collect(now, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, (entry) => {
            expect(isExpired(entry.expiresAt, now)).toBe(true);
            held.delete(entry);
            queue.remove(entry);
          });
          for (const entry of held) expect(entry.expiresAt).toBeGreaterThan(now - finestWidth);
        }
      }),
    );
  });

  it('finds what has expired within this second when asked to, to the millisecond', () => {
    fc.assert(
      fc.property(fc.array(life, { minLength: 1, maxLength: 20 }), life, (lives, wait) => {
        const queue = new ExpiryQueue();
        const held = new Set(lives.map((ms) => fileAt(queue, beginning + ms, beginning)));
        const now = beginning + wait;
        const drop = (entry: Entry): void => {
          held.delete(entry);
          queue.remove(entry);
        };
        queue.collect(now, 100, 1000, drop);
        queue.collectThisSecond(now, 100, 1000, drop);
        expect([...held].filter((entry) => isExpired(entry.expiresAt, now))).toEqual([]);
        expect(held.size).toBe(lives.filter((ms) => beginning + ms > now).length);
      }),
    );
  });

  // Those of the last minute stand in fine buckets; those of an hour ago in coarse ones, which come first and are mixed.
  it('drops what is known to have expired before it looks at anything else', () => {
    const hour = 3_600_000;
    const offsets = (max: number) => fc.array(fc.nat({ max }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.nat({ max: 65_536 }), offsets(200_000), offsets(100_000), fc.nat({ max: 9 }), (phase, ...rest) => {
        const [coarse, fine, limit] = rest;
        const queue = new ExpiryQueue();
        const start = beginning + phase;
        for (const ms of coarse) fileAt(queue, start + hour + ms, start);
        const later = start + hour - 20_000;
        const known = fine.map((ms) => fileAt(queue, later + ms, later));
        const now = start + hour + 60_000;
        const expired = known.filter(({ bucket }) => bucket !== undefined && bucket.dueAt <= now).length;

        const dropped = queue.collect(now, limit, limit, (entry) => queue.remove(entry));
        expect(dropped).toBeGreaterThanOrEqual(Math.min(expired, limit));
      }),
    );
  });

  it('moves an entry with its expiry, forwards and backwards', () => {
    const queue = new ExpiryQueue();
    const early = fileAt(queue, beginning + 5_000, beginning);
    const moved = fileAt(queue, beginning + 9_000, beginning);
    expect(queue.earliest()).toBe(early);

    queue.file(moved, beginning + 1_000, beginning);
    expect(queue.earliest()).toBe(moved);

    queue.file(moved, beginning + 10 ** 9, beginning);
    expect(queue.earliest()).toBe(early);
    queue.remove(early);
    expect(queue.earliest()).toBe(moved);
    queue.remove(moved);
    expect(queue.earliest()).toBeUndefined();
  });

  it('files into a bucket anew after it has been emptied and looked for', () => {
    const queue = new ExpiryQueue();
    const first = fileAt(queue, beginning + 5_000, beginning);
    queue.remove(first);
    expect(queue.earliest()).toBeUndefined();
    const second = fileAt(queue, beginning + 5_001, beginning);
    expect(queue.earliest()).toBe(second);
  });

  it('takes a time that never comes', () => {
    const queue = new ExpiryQueue();
    const entry = fileAt(queue, Number.POSITIVE_INFINITY, beginning);
    expect(queue.earliest()).toBe(entry);
    expect(entry.expiresAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('keeps to its limit and to its steps', () => {
    const queue = new ExpiryQueue();
    for (let n = 0; n < 10; n++) fileAt(queue, beginning + 1, beginning);
    const drop = (entry: Entry): void => queue.remove(entry);
    const now = beginning + finestWidth;
    expect(queue.collect(now, 3, 100, drop)).toBe(3);
    expect(queue.collect(now, 100, 2, drop)).toBe(2);
    expect(queue.collect(now, 100, 100, drop)).toBe(5);
  });

  // Memory must not grow with the number of different expiry times, however far off.
  it('never has more than a few thousand buckets', () => {
    const queue = new ExpiryQueue();
    for (let n = 0; n < 200_000; n++) fileAt(queue, beginning + 1 + Math.floor(2 ** ((n * 46) / 200_000)), beginning);
    expect(queue.buckets).toBeLessThan(7_000);
  });

  // The write that files an entry pays eight steps; this is what makes it more than enough.
  it.each([
    ['an hour', 3_600_000, 2],
    ['eighteen hours', 18 * 3_600_000, 2],
    ['thirty days', 30 * 86_400_000, 3],
    ['seven weeks', 49 * 86_400_000, 3],
  ])('looks at an entry that lives %s no more often than promised', (_name, ms, looks) => {
    for (let offset = 0; offset < 40; offset++) {
      const queue = new ExpiryQueue();
      const filed = beginning + offset * 77_777;
      fileAt(queue, filed + ms, filed);
      let steps = 0;
      for (let now = filed; queue.earliest() !== undefined; now += Math.max(1, Math.ceil(ms / 5_000))) {
        while (queue.collect(now, 1, 1, (entry) => queue.remove(entry)) > 0) steps++;
        steps += countRefined(queue, now);
      }
      expect(steps).toBeLessThanOrEqual(looks);
    }
  });
});

/** Runs steps that drop nothing until nothing is due, and counts them by the bucket changing. */
function countRefined(queue: ExpiryQueue, now: number): number {
  let refined = 0;
  for (;;) {
    const entry = queue.earliest();
    const bucket = entry?.bucket;
    if (entry === undefined || bucket === undefined) return refined;
    queue.collect(now, 1, 1, () => queue.remove(entry));
    if (entry.bucket === bucket) return refined;
    refined++;
  }
}
