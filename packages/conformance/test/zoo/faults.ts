import type { Clock, SessionRecord } from '@sess/core';
import { broken, brokenClass, brokenHarness, type Inhabitant, tick } from './inhabitant.js';
import { type Disk, harnessOf, PlainStore } from './plain-store.js';

/** Defects that only a crash or a network can show. */
export const faultDefects: readonly Inhabitant[] = [
  crashing('acknowledges-before-it-keeps', 'loses in a crash the updates it has acknowledged', (disk) => {
    for (const record of disk.records.values()) {
      if (record.body === 'updated') disk.records.set(record.id, { ...record, version: 1, body: 'body' });
    }
  }),
  destroysInMemoryOnly(),
  crashing('torn-write', 'leaves half of the record that was being written in a crash', (disk) => {
    const last = [...disk.records.values()].at(-1);
    if (last !== undefined && last.body.length > 100) {
      disk.records.set(last.id, { ...last, body: last.body.slice(0, last.body.length / 2) });
    }
  }),
  tornCreate(),
  indexesInMemoryOnly(),
  indexesAfterCreate(),
  broken('error-answered-as-gone', 'says that a record is gone when it cannot reach it', (plain) => ({
    read(id) {
      try {
        return plain.read(id);
      } catch {
        return undefined;
      }
    },
  })),
  brokenClass(
    'answers-for-the-network',
    'says, once the network is back, that an update was done which was lost',
    class extends PlainStore {
      override async update(record: SessionRecord, ifVersion: number) {
        if (!this.disk.isCutOff) return super.update(record, ifVersion);
        while (this.disk.isCutOff) await new Promise((resolve) => setTimeout(resolve, 5));
        return { outcome: 'updated' } as const;
      }
    },
  ),
  brokenClass(
    'destroy-lost-on-the-network',
    'says, once the network is back, that a record was destroyed which was not',
    class extends PlainStore {
      override async destroy(id: string) {
        if (!this.disk.isCutOff) return super.destroy(id);
        while (this.disk.isCutOff) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  ),
  brokenClass(
    'create-lost-on-the-network',
    'says, once the network is back, that a record was created which was not',
    class extends PlainStore {
      override async create(record: SessionRecord) {
        if (!this.disk.isCutOff) return super.create(record);
        while (this.disk.isCutOff) await new Promise((resolve) => setTimeout(resolve, 5));
        return 'created';
      }
    },
  ),
  brokenClass(
    'touch-lost-on-the-network',
    'says, once the network is back, that a record was touched which was not',
    class extends PlainStore {
      override async touch(id: string, expiresAt: number) {
        if (!this.disk.isCutOff) return super.touch(id, expiresAt);
        while (this.disk.isCutOff) await new Promise((resolve) => setTimeout(resolve, 5));
        return 'touched';
      }
    },
  ),
  broken('sweep-hides-errors', 'says that nothing has expired when it cannot look', (plain) => ({
    sweep(limit) {
      try {
        return plain.sweep(limit);
      } catch {
        return 0;
      }
    },
  })),
];

function crashing(name: string, defect: string, crash: (disk: Disk) => void): Inhabitant {
  return brokenHarness(name, defect, {
    ...harnessOf((disk: Disk, clock: Clock) => new PlainStore(disk, clock)),
    crash: ({ disk }) => crash(disk),
  });
}

function destroysInMemoryOnly(): Inhabitant {
  const destroyed = new WeakMap<Disk, SessionRecord[]>();
  const harness = harnessOf((disk, clock) => {
    const plain = new PlainStore(disk, clock);
    plain.destroy = (id) => {
      const record = plain.find(id);
      if (record !== undefined) destroyed.set(disk, [...(destroyed.get(disk) ?? []), record]);
      plain.drop(id);
    };
    return plain;
  });
  return brokenHarness('destroys-in-memory-only', 'brings back after a crash what it had destroyed', {
    ...harness,
    crash({ disk }) {
      for (const record of destroyed.get(disk) ?? []) disk.records.set(record.id, record);
    },
  });
}

function indexesInMemoryOnly(): Inhabitant {
  const unlisted = new WeakMap<Disk, Set<string>>();
  const harness = harnessOf((disk, clock) => {
    const plain = new PlainStore(disk, clock);
    const list = plain.list.bind(plain);
    plain.list = (subject) =>
      (list(subject) as SessionRecord[]).filter((record) => unlisted.get(disk)?.has(record.id) !== true);
    return plain;
  });
  return brokenHarness('index-lost-in-a-crash', 'keeps a record in a crash and forgets whom it was to be listed for', {
    ...harness,
    crash({ disk }) {
      unlisted.set(disk, new Set(disk.records.keys()));
    },
  });
}

function tornCreate(): Inhabitant {
  return createsInTwoSteps(
    'torn-create',
    'creates a record without its body, which it adds afterwards',
    (plain, isHalfMade) => {
      const read = plain.read.bind(plain);
      plain.read = (id) => {
        const record = read(id) as SessionRecord | undefined;
        return record !== undefined && isHalfMade(id) ? { ...record, body: '' } : record;
      };
    },
  );
}

function indexesAfterCreate(): Inhabitant {
  return createsInTwoSteps(
    'index-after-create',
    "creates a record, and afterwards adds it to its subject's list",
    (plain, isHalfMade) => {
      const list = plain.list.bind(plain);
      plain.list = (subject) => (list(subject) as SessionRecord[]).filter(({ id }) => !isHalfMade(id));
    },
  );
}

/** A store whose create takes two steps, of which a crash may prevent the second; `spoil` says what a half-made record lacks. */
function createsInTwoSteps(
  name: string,
  defect: string,
  spoil: (plain: PlainStore, isHalfMade: (id: string) => boolean) => void,
): Inhabitant {
  const halfMade = new WeakMap<Disk, Set<string>>();
  const crashed = new WeakSet<Disk>();
  const harness = harnessOf((disk, clock) => {
    const plain = new PlainStore(disk, clock);
    const create = plain.create.bind(plain);
    const ids = halfMade.get(disk) ?? new Set();
    halfMade.set(disk, ids);
    plain.create = async (record) => {
      const answer = await create(record);
      if (answer === 'created') ids.add(record.id);
      await tick();
      if (crashed.has(disk)) throw new Error('the connection is lost');
      ids.delete(record.id);
      return answer;
    };
    spoil(plain, (id) => ids.has(id));
    return plain;
  });
  return brokenHarness(name, defect, { ...harness, crash: ({ disk }) => void crashed.add(disk) });
}
