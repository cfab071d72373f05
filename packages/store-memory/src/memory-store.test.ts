import { type Clock, manualClock, type SessionRecord } from '@sess/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from './memory-store.js';

const minute = 60_000;
const hour = 60 * minute;

function recordOf(id: string, expiresAt: number, subject?: string): SessionRecord {
  return { id, version: 1, expiresAt, body: 'body', ...(subject === undefined ? {} : { subject }) };
}

describe('memoryStore', () => {
  it('answers at once and sets no timer', () => {
    const timeless: Clock = {
      now: () => 1000,
      after: () => expect.fail('a timer was set'),
    };
    const store = memoryStore({ clock: timeless });
    expect(store.create(recordOf('a', 2000, 'ann'))).toBe('created');
    expect(store.create(recordOf('a', 2000))).toBe('exists');
    expect(store.read('a')).toEqual(recordOf('a', 2000, 'ann'));
    expect(store.touch('a', 3000)).toBe('touched');
    expect(store.update(recordOf('a', 3000, 'ann'), 1)).toEqual({ outcome: 'updated' });
    expect(store.list('ann')).toHaveLength(1);
    expect(store.sweep(10)).toBe(0);
    expect(store.destroy('a')).toBeUndefined();
  });

  it('keeps no process alive and takes no options at all', () => {
    const before = process.getActiveResourcesInfo();
    memoryStore().create(recordOf('a', Date.now() + hour));
    expect(process.getActiveResourcesInfo()).toEqual(before);
  });

  it('holds nothing of a record that arrives expired', () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    expect(store.create(recordOf('a', clock.now(), 'ann'))).toBe('created');
    expect(store.size).toBe(0);
  });

  it('forgets an expired record the moment it is met, so that a clock set back cannot show it again', () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    for (const id of ['read', 'touch', 'update', 'list']) store.create(recordOf(id, clock.now() + 1, id));
    clock.advance(1);
    store.read('read');
    store.touch('touch', clock.now() + hour);
    store.update(recordOf('update', clock.now() + hour), 1);
    store.list('list');
    clock.advance(-1);
    expect(store.size).toBe(0);
  });
});

describe('expired records, without a sweep', () => {
  it.each([
    ['ten seconds', 10_000],
    ['an hour', hour],
    ['a day', 24 * hour],
    ['a month', 30 * 24 * hour],
  ])(
    'are one in a hundred of the living at most, and those of the last second, while sessions of %s come and go',
    (_name, life) => {
      const clock = manualClock();
      const store = memoryStore({ clock });
      const live = 2_000;
      const lastSecond = Math.ceil((live * 1024) / life);
      for (let n = 0; n < live * 4; n++) {
        clock.advance(life / live);
        store.create(recordOf(`s${n}`, clock.now() + life, n % 2 === 0 ? 'ann' : undefined));
        expect(store.size).toBeLessThanOrEqual(live * 1.01 + lastSecond);
      }
    },
  );

  // The worst that can come: as many as there ever were expire together, and nobody calls sweep.
  it.each([
    ['a minute', minute],
    ['an hour', hour],
    ['a month', 30 * 24 * hour],
  ])('make no store larger than it was when all its sessions, of %s, die at once', (_name, life) => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const burst = 4_000;
    for (let n = 0; n < burst; n++) store.create(recordOf(`burst${n}`, clock.now() + life));
    clock.advance(life + 1024);
    for (let n = 0; n < burst / 2; n++) {
      store.create(recordOf(`later${n}`, clock.now() + life));
      expect(store.size).toBeLessThanOrEqual(burst);
    }
    expect(store.size).toBe(burst / 2);
  });

  // Worse still: as many that live half a minute longer stand before them, each of which must be looked at first.
  it.each([
    ['an hour', hour],
    ['a month', 30 * 24 * hour],
  ])('make it larger by an eighth at most when the living stand in the way, after %s', (_name, life) => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const half = 2_000;
    for (let n = 0; n < half; n++) store.create(recordOf(`longer${n}`, clock.now() + life + minute / 2));
    for (let n = 0; n < half; n++) store.create(recordOf(`shorter${n}`, clock.now() + life));
    clock.advance(life + 1024);
    for (let n = 0; n < half; n++) {
      store.create(recordOf(`later${n}`, clock.now() + life));
      expect(store.size).toBeLessThanOrEqual(2 * half * (9 / 8));
    }
    expect(store.size).toBe(2 * half);
  });

  it('are removed by the touches of the living, too', () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    store.create(recordOf('visitor', clock.now() + hour));
    for (let n = 0; n < 800; n++) store.create(recordOf(`s${n}`, clock.now() + minute));
    clock.advance(minute + 2000);
    for (let n = 0; n < 100; n++) store.touch('visitor', clock.now() + hour + n);
    expect(store.size).toBe(1);
  });
});

describe('sweep', () => {
  it('removes what has expired to the millisecond, with and without a subject, and counts it', () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    for (let n = 0; n < 10; n++)
      store.create(recordOf(`s${n}`, clock.now() + 100 + n, n % 2 === 0 ? 'ann' : undefined));
    clock.advance(105);
    expect(store.sweep(4)).toBe(4);
    expect(store.sweep(4)).toBe(2);
    expect(store.sweep(4)).toBe(0);
    expect(store.size).toBe(4);
  });

  it('keeps to its limit over records of this second and earlier ones', () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    for (const life of [100, 5_000, 5_001, 5_002]) store.create(recordOf(`s${life}`, clock.now() + life));
    clock.advance(5_100);
    expect(store.sweep(2)).toBe(2);
    expect(store.size).toBe(2);
  });

  it('finds a record that was given a subject, and one that lost it', () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    store.create(recordOf('given', clock.now() + minute));
    store.create(recordOf('lost', clock.now() + minute, 'ann'));
    store.update({ ...recordOf('given', clock.now() + minute, 'ann'), version: 2 }, 1);
    store.update({ ...recordOf('lost', clock.now() + minute), version: 2 }, 1);
    clock.advance(minute);
    expect(store.sweep(10)).toBe(2);
  });

  it.each([0, -1])('does nothing when told to remove %d', (limit) => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    store.create(recordOf('a', clock.now() + 1));
    clock.advance(5000);
    expect(store.sweep(limit)).toBe(0);
    expect(store.size).toBe(1);
  });
});

describe('maxSessions', () => {
  const filled = (max: number, ...records: (readonly [id: string, life: number, subject?: string])[]) => {
    const clock = manualClock();
    const store = memoryStore({ clock, maxSessions: max });
    for (const [id, life, subject] of records) store.create(recordOf(id, clock.now() + life, subject));
    const alive = (...ids: string[]): string[] => ids.filter((id) => store.read(id) !== undefined);
    return { clock, store, alive };
  };

  it('gives up an expired record first', () => {
    const { clock, store, alive } = filled(3, ['dead', 1, 'ann'], ['anonymous', hour], ['owned', hour, 'bob']);
    clock.advance(2000);
    store.create(recordOf('new', clock.now() + hour));
    expect(alive('dead', 'anonymous', 'owned', 'new')).toEqual(['anonymous', 'owned', 'new']);
  });

  it('gives up one that belongs to nobody before any that has a subject, even if that one expires sooner', () => {
    const { clock, store, alive } = filled(3, ['owned', minute, 'ann'], ['anonymous', hour], ['other', 2 * hour]);
    store.create(recordOf('new', clock.now() + hour));
    expect(alive('owned', 'anonymous', 'other', 'new')).toEqual(['owned', 'other', 'new']);
  });

  it('gives up the one nearest its expiry when all have a subject', () => {
    const { clock, store, alive } = filled(2, ['later', 2 * hour, 'ann'], ['sooner', hour, 'ann']);
    store.create(recordOf('new', clock.now() + hour));
    expect(alive('later', 'sooner', 'new')).toEqual(['later', 'new']);
    expect(store.list('ann').map((record) => record.id)).toEqual(['later']);
  });

  it('takes a touch for what it is: the session that was idle longest goes', () => {
    const { clock, store, alive } = filled(2, ['active', hour], ['idle', hour + minute]);
    store.touch('active', clock.now() + 2 * hour);
    store.create(recordOf('new', clock.now() + 3 * hour));
    expect(alive('active', 'idle', 'new')).toEqual(['active', 'new']);
  });

  // More of the living stand before the expired one than a write usually looks at.
  it('gives up an expired record even if it must look for it', () => {
    const clock = manualClock();
    const store = memoryStore({ clock, maxSessions: 101 });
    const bucket = (Math.floor((clock.now() + hour) / 65_536) + 1) * 65_536;
    for (let n = 0; n < 100; n++) store.create(recordOf(`living${n}`, bucket + 60_000));
    store.create(recordOf('dead', bucket + 1_000));
    clock.advance(bucket + 3_000 - clock.now());
    store.create(recordOf('new', clock.now() + hour));
    expect(store.size).toBe(101);
    for (let n = 0; n < 100; n++) expect(store.read(`living${n}`)).toBeDefined();
  });

  // As many of the living as no create can look at, in a coarse bucket that is due, and a few expired in fine ones.
  it.each([
    ['visitors', undefined],
    ['users', 'ann'],
  ])('gives up no living one, however many %s there are, while an expired one is known', (_name, subject) => {
    const [start, clock] = [Math.ceil(Date.UTC(2030, 0, 1) / 65_536) * 65_536 - hour, manualClock(0)];
    clock.advance(start);
    const [living, expired] = [5_000, 200];
    const store = memoryStore({ clock, maxSessions: living + expired });
    const ends = (n: number): number => start + hour + 10_000 + 10 * n;
    for (let n = 0; n < living; n++) store.create(recordOf(`living${n}`, ends(n), subject));
    clock.advance(hour - minute);
    for (let n = 0; n < expired; n++) store.create(recordOf(`expired${n}`, clock.now() + minute + 100, subject));
    clock.advance(minute + 6_000);

    for (let n = 0; n < expired; n++) {
      store.create(recordOf(`new${n}`, clock.now() + hour, subject));
      expect(store.size).toBeLessThanOrEqual(living + expired);
    }
    const lost = Array.from({ length: living }, (_, n) => n).filter((n) => store.read(`living${n}`) === undefined);
    expect(lost).toEqual([]);
    // Then those go that end soonest, as far as they are known.
    store.create(recordOf('one too many', clock.now() + hour, subject));
    const [gone] = Array.from({ length: living }, (_, n) => n).filter((n) => store.read(`living${n}`) === undefined);
    expect(ends(gone ?? living) - ends(0)).toBeLessThan(2_000);
  });

  it('gives up no living one while one is held that expired a second ago', () => {
    const life = fc.nat({ max: 40 }).chain((bits) => fc.integer({ min: 1, max: 2 ** bits }));
    const step = fc.record({ life, owned: fc.boolean(), wait: fc.oneof(fc.constant(0), life) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 40 }), (max, steps) => {
        const clock = manualClock();
        const store = memoryStore({ clock, maxSessions: max });
        const ends = new Map<string, number>();
        for (const [n, { life, owned, wait }] of steps.entries()) {
          clock.advance(wait);
          const living = [...ends].filter(([, end]) => end > clock.now() - 1024).map(([id]) => id);
          const free = max - living.length;
          store.create(recordOf(`s${n}`, clock.now() + life, owned ? 'ann' : undefined));
          ends.set(`s${n}`, clock.now() + life);
          for (const id of living) {
            if (store.read(id) !== undefined) continue;
            if ((ends.get(id) ?? 0) > clock.now()) expect(free).toBeLessThanOrEqual(0);
            ends.delete(id);
          }
        }
      }),
    );
  });

  // A flood of visitors who never log in must not log anybody out.
  it('keeps every session that has a subject through a flood of anonymous ones', () => {
    const owned = Array.from({ length: 50 }, (_, n) => [`owned${n}`, minute, 'ann'] as const);
    const { clock, store } = filled(60, ...owned);
    for (let n = 0; n < 10_000; n++) store.create(recordOf(`flood${n}`, clock.now() + hour));
    expect(store.list('ann')).toHaveLength(50);
    expect(store.size).toBe(60);
  });

  it('drops nothing on update, on touch, or for a create that is answered with exists', () => {
    const { clock, store, alive } = filled(2, ['a', hour], ['b', hour]);
    store.create(recordOf('a', clock.now() + hour));
    store.touch('a', clock.now() + 2 * hour);
    store.update({ ...recordOf('b', clock.now() + hour, 'ann'), version: 2 }, 1);
    expect(alive('a', 'b')).toEqual(['a', 'b']);
  });

  it('protects a session from the moment its update gives it a subject', () => {
    const { clock, store, alive } = filled(2, ['visitor', minute], ['other', hour]);
    store.update({ ...recordOf('visitor', clock.now() + minute, 'ann'), version: 2 }, 1);
    store.create(recordOf('new', clock.now() + hour));
    expect(alive('visitor', 'other', 'new')).toEqual(['visitor', 'new']);
  });
});
