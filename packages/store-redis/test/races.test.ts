import type { SessionRecord } from '@sess/core';
import { describeWithService } from '@sess/test-support';
import { describe, expect, it } from 'vitest';
import { connectionKinds } from './connections.js';
import { useBench } from './stores.js';

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describeWithService('Redis', 'of many at once', (redis) => {
  describe.each(connectionKinds)('with $name', (kind) => {
    const bench = useBench(kind, () => redis().url);

    it('one create wins', async () => {
      const { store, record } = bench();
      const { id } = record();
      const answers = await Promise.all(times(50, (i) => store.create(record({ id, body: String(i) }))));
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
      expect(await store.read(id)).toMatchObject({ body: String(answers.indexOf('created')) });
    });

    it('one update wins, and every other learns the winner’s record', async () => {
      const { store, record } = bench();
      const kept = record();
      await store.create(kept);
      const next = (i: number): SessionRecord => ({
        ...kept,
        version: 2,
        body: String(i),
        subject: `subject-${i % 3}`,
      });
      const answers = await Promise.all(times(50, (i) => store.update(next(i), 1)));
      const winner = answers.findIndex(({ outcome }) => outcome === 'updated');
      expect(await store.read(kept.id)).toEqual(next(winner));
      const losers = answers.filter((_, i) => i !== winner);
      expect(losers).toEqual(times(49, () => ({ outcome: 'conflict', current: next(winner) })));
      expect(await store.list(`subject-${winner % 3}`)).toEqual([next(winner)]);
    });

    // D1, D2: whatever a destroy meets, the session stays gone.
    it('none outlives a destroy', async () => {
      const { store, record, clock } = bench();
      const kept = times(20, () => record({ subject: 'ann' }));
      await Promise.all(kept.map((each) => store.create(each)));
      const writes = (each: SessionRecord) => [
        store.update({ ...each, version: 2, subject: 'bob' }, 1),
        store.update({ ...each, version: 2 }, 1),
        store.touch(each.id, clock.now() + 3_600_000),
        store.destroy(each.id),
        store.touch(each.id, clock.now() + 7_200_000),
        store.update({ ...each, version: 3, subject: 'cat' }, 2),
      ];
      await Promise.all(kept.flatMap(writes));
      for (const { id } of kept) {
        expect(await store.read(id)).toBeUndefined();
        expect(await store.touch(id, clock.now() + 3_600_000)).toBe('gone');
      }
      for (const subject of ['ann', 'bob', 'cat']) expect(await store.list(subject)).toEqual([]);
    });
  });
});
