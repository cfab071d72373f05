import type { SessionRecord } from '@sess/core';
import { broken, brokenClass, type Inhabitant } from './inhabitant.js';
import { PlainStore } from './plain-store.js';

/** Defects of what is kept: expiry, ids, bodies, and whose objects the records are. */
export const keepingDefects: readonly Inhabitant[] = [
  brokenClass(
    'less-than-for-less-or-equal',
    'takes a record for alive in the very millisecond of its expiry when it is read',
    class extends PlainStore {
      override read(id: string) {
        const stored = this.disk.records.get(id);
        return stored?.expiresAt === this.clock.now() ? this.copyOut(stored) : super.read(id);
      }
    },
  ),
  brokenClass(
    'create-at-the-last-instant',
    'gives the id of a record away only one millisecond after its expiry',
    class extends PlainStore {
      override create(record: SessionRecord) {
        return this.disk.records.get(record.id)?.expiresAt === this.clock.now() ? 'exists' : super.create(record);
      }
    },
  ),
  brokenClass(
    'list-at-the-last-instant',
    'lists a record in the very millisecond of its expiry',
    class extends PlainStore {
      override list(subject: string) {
        const now = this.clock.now();
        const records = this.all().filter((record) => record.subject === subject && record.expiresAt >= now);
        return records.map((record) => this.copyOut(record));
      }
    },
  ),
  brokenClass(
    'writes-at-the-last-instant',
    'touches a record in the very millisecond of its expiry',
    class extends PlainStore {
      override touch(id: string, expiresAt: number) {
        const stored = this.disk.records.get(id);
        if (stored?.expiresAt !== this.clock.now()) return super.touch(id, expiresAt);
        this.put({ ...stored, expiresAt });
        return 'touched';
      }
    },
  ),
  brokenClass(
    'seconds-for-milliseconds',
    'keeps the expiry in whole seconds, rounded up',
    class extends PlainStore {
      override copyIn(record: SessionRecord) {
        return { ...record, expiresAt: Math.ceil(record.expiresAt / 1000) * 1000 };
      }
    },
  ),
  broken('touch-in-whole-seconds', 'keeps the expiry in whole seconds when it comes from a touch', (plain) => ({
    touch: (id, expiresAt) => plain.touch(id, Math.floor(expiresAt / 1000) * 1000),
  })),
  brokenClass(
    'expires-a-second-early',
    'takes a record for expired when only part of a second is left, when it is read',
    class extends PlainStore {
      override read(id: string) {
        const stored = this.find(id);
        return stored === undefined || stored.expiresAt - this.clock.now() < 1000 ? undefined : this.copyOut(stored);
      }
    },
  ),
  brokenClass(
    'no-writes-in-the-last-second',
    'refuses to write to a record when only part of a second is left',
    class extends PlainStore {
      override touch(id: string, expiresAt: number) {
        const stored = this.find(id);
        return stored === undefined || stored.expiresAt - this.clock.now() < 1000 ? 'gone' : super.touch(id, expiresAt);
      }
    },
  ),
  brokenClass(
    'ttl-from-creation',
    'measures the life that a touch gives from the creation of the record',
    class extends PlainStore {
      readonly #born = new Map<string, number>();
      override create(record: SessionRecord) {
        this.#born.set(record.id, this.clock.now());
        return super.create(record);
      }
      override touch(id: string, expiresAt: number) {
        const age = this.clock.now() - (this.#born.get(id) ?? this.clock.now());
        return super.touch(id, expiresAt - age);
      }
    },
  ),
  brokenClass(
    'read-extends',
    'gives a record a longer life when it is read',
    class extends PlainStore {
      override read(id: string) {
        const record = this.find(id);
        const answer = super.read(id);
        if (record !== undefined && record.expiresAt - this.clock.now() === 5_000)
          this.touch(id, record.expiresAt + 5_000);
        return answer;
      }
    },
  ),
  broken('read-returns-expired', 'shows what has expired until it is swept', (plain) => ({
    read(id) {
      const stored = plain.disk.records.get(id);
      return stored && plain.copyOut(stored);
    },
  })),
  brokenClass(
    'touched-lives-on',
    'forgets to end the life of a record that was touched',
    class extends PlainStore {
      readonly #touched = new Set<string>();
      override touch(id: string, expiresAt: number) {
        if (this.find(id) !== undefined) this.#touched.add(id);
        return super.touch(id, expiresAt);
      }
      override read(id: string) {
        const stored = this.disk.records.get(id);
        return stored && this.#touched.has(id) ? this.copyOut(stored) : super.read(id);
      }
      override destroy(id: string) {
        this.#touched.delete(id);
        super.destroy(id);
      }
    },
  ),
  brokenClass(
    'expiry-in-32-bits',
    'keeps the expiry as seconds in 32 signed bits',
    class extends PlainStore {
      override copyIn(record: SessionRecord) {
        return record.expiresAt / 1000 < 2 ** 31 ? { ...record } : { ...record, expiresAt: (2 ** 31 - 1) * 1000 };
      }
    },
  ),
  brokenClass(
    'timer-for-a-life',
    'has a timer end each life, which goes off immediately if that is longer than 32 bits of milliseconds',
    class extends PlainStore {
      override copyIn(record: SessionRecord) {
        const kept = { ...record };
        const end = (): void => {
          if (this.disk.records.get(record.id) === kept) this.disk.records.delete(record.id);
        };
        const life = record.expiresAt - this.clock.now();
        // What Node does with a longer time, without its warning.
        setTimeout(end, life > 2 ** 31 - 1 ? 1 : life).unref();
        return kept;
      }
    },
  ),
  broken(
    'numbers-in-14-digits',
    'keeps 14 digits of a number when it updates or touches, as a Lua script prints them',
    (plain) => {
      const print = (number: number): number => Number(number.toPrecision(14));
      return {
        update: (record, ifVersion) =>
          plain.update({ ...record, version: print(record.version), expiresAt: print(record.expiresAt) }, ifVersion),
        touch: (id, expiresAt) => plain.touch(id, print(expiresAt)),
      };
    },
  ),
  brokenClass(
    'forgets-the-oldest',
    'drops the oldest record when it holds more than 256',
    class extends PlainStore {
      override put(record: SessionRecord) {
        super.put(record);
        const [oldest] = this.disk.records.keys();
        if (this.disk.records.size > 256 && oldest !== undefined) this.disk.records.delete(oldest);
      }
    },
  ),
  broken('null-for-nothing', 'answers null instead of undefined when there is no record', (plain) => ({
    read: (id) => (plain.read(id) ?? null) as ReturnType<PlainStore['read']>,
  })),
  brokenClass(
    'null-for-no-subject',
    'answers a record without a subject with the subject null, as a database does',
    class extends PlainStore {
      override copyOut(record: SessionRecord) {
        return { ...record, subject: record.subject ?? (null as unknown as string) };
      }
    },
  ),
  keyed('case-folded-ids', 'takes ids for the same that differ in case only', (id) => id.toLowerCase()),
  keyed('trimmed-ids', 'takes ids for the same that differ in white space at the ends only', (id) => id.trim()),
  keyed('normalised-ids', 'takes ids for the same that look alike in Unicode', (id) => id.normalize('NFKC')),
  keyed('ids-cut-at-nul', 'takes an id to end at the first NUL', (id) => id.split('\0')[0] ?? ''),
  keyed('ids-as-paths', 'takes an id for a path', (id) => id.replace(/^(?:\.\.?\/)+/, '')),
  keyed('ids-cut-at-255', 'keeps only so much of an id as a column holds', (id) => id.slice(0, 255)),
  keyed('ids-cut-at-512-bytes', 'keeps only so much of an id as a column of bytes holds', (id) =>
    Buffer.from(id).subarray(0, 512).toString('latin1'),
  ),
  broken('touch-takes-plain-ids', 'touches a record only if its id needs no escape', (plain) => ({
    touch: (id, expiresAt) => plain.touch(encodeURIComponent(id), expiresAt),
  })),
  broken('destroy-takes-plain-ids', 'destroys a record only if its id needs no escape', (plain) => ({
    destroy: (id) => plain.destroy(encodeURIComponent(id)),
  })),
  brokenClass(
    'ids-as-prototype-keys',
    'looks ids up in a plain object first',
    class extends PlainStore {
      override find(id: string) {
        const plainObject: Record<string, SessionRecord> = {};
        const record = plainObject[id];
        return record === undefined ? super.find(id) : record;
      }
    },
  ),
  bodied('empty-body-is-nothing', 'takes an empty body for no record', (body) => (body === '' ? 'null' : body)),
  bodied(
    'bodies-cut-at-nul',
    'takes a body to end at the first NUL',
    (body) => (body.length < 9 ? body.split('\0')[0] : body) ?? '',
  ),
  bodied('bodies-as-json', 'parses a body that looks like JSON and writes it anew', (body) => {
    try {
      return JSON.stringify(JSON.parse(body));
    } catch {
      return body;
    }
  }),
  bodied('latin1-bodies', 'keeps one byte a character', (body) =>
    body.length > 1_000 && body.length < 100_000 ? Buffer.from(body, 'latin1').toString('latin1') : body,
  ),
  broken('touch-truncates', 'cuts bodies at 64 KB when it writes a record anew on touch', (plain) => ({
    touch(id, expiresAt) {
      const record = plain.find(id);
      if (record !== undefined) plain.put({ ...record, body: record.body.slice(0, 65_535) });
      return plain.touch(id, expiresAt);
    },
  })),
  brokenClass(
    'conflict-truncates',
    'cuts bodies at 64 KB in the record that a conflict shows',
    class extends PlainStore {
      override conflict(current: SessionRecord) {
        return super.conflict({ ...current, body: current.body.slice(0, 65_535) });
      }
    },
  ),
  bodied('truncated-bodies', 'cuts bodies at 64 KB', (body) => (body.length > 70_000 ? body.slice(0, 65_535) : body)),
  brokenClass(
    'keeps-what-create-gave',
    "keeps the caller's object on create",
    class extends PlainStore {
      override create(record: SessionRecord) {
        const answer = super.create(record);
        if (answer === 'created') this.disk.records.set(record.id, record);
        return answer;
      }
    },
  ),
  brokenClass(
    'keeps-what-update-gave',
    "keeps the caller's object on update",
    class extends PlainStore {
      override update(record: SessionRecord, ifVersion: number) {
        const longer = (this.find(record.id)?.expiresAt ?? 0) > record.expiresAt;
        const answer = super.update(record, ifVersion);
        if ((answer as { outcome: string }).outcome === 'updated' && !longer) this.disk.records.set(record.id, record);
        return answer;
      }
    },
  ),
  broken('changes-what-it-was-given', "writes the later of the two expiry times into the caller's object", (plain) => ({
    update(record, ifVersion) {
      const current = plain.find(record.id);
      // As code without strict mode does: what is frozen stays as it is, and nobody hears of it.
      if (current !== undefined) Reflect.set(record, 'expiresAt', Math.max(record.expiresAt, current.expiresAt));
      return plain.update(record, ifVersion);
    },
  })),
  broken('shared-record', 'hands out its own object on read', (plain) => ({ read: (id) => plain.find(id) })),
  brokenClass(
    'shared-conflict',
    'hands out its own object on a conflict',
    class extends PlainStore {
      override conflict(current: SessionRecord) {
        return { outcome: 'conflict', current } as const;
      }
    },
  ),
  brokenClass(
    'live-view',
    'changes the object that read has handed out when the record changes',
    class extends PlainStore {
      readonly #views = new Map<string, object>();
      override read(id: string) {
        const record = super.read(id);
        if (record !== undefined) this.#views.set(id, record);
        return record;
      }
      override touch(id: string, expiresAt: number) {
        const answer = super.touch(id, expiresAt);
        Object.assign(this.#views.get(id) ?? {}, { expiresAt });
        return answer;
      }
    },
  ),
];

function keyed(name: string, defect: string, keyOf: (id: string) => string): Inhabitant {
  return brokenClass(
    name,
    defect,
    class extends PlainStore {
      override keyOf(id: string) {
        return keyOf(id);
      }
    },
  );
}

function bodied(name: string, defect: string, keep: (body: string) => string): Inhabitant {
  return brokenClass(
    name,
    defect,
    class extends PlainStore {
      override copyIn(record: SessionRecord) {
        return { ...record, body: keep(record.body) };
      }
    },
  );
}
