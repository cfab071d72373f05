import { describeWithService } from '@sess/test-support';
import { describe, expect, it } from 'vitest';
import { type ConnectionKind, pglite, postgresJs, serverKinds } from './connections.js';
import { useBench } from './stores.js';

// What the conformance kit cannot see: what is in the table, and the results through each driver.
describe('postgresStore with PGlite', () => {
  defineCases(pglite, () => '');
});

describeWithService('PostgreSQL', 'postgresStore', (server) => {
  const renaming = postgresJs({ transform: { column: { from: (name) => name.toUpperCase() } } });
  const kinds = [...serverKinds, { ...renaming, name: 'postgres.js that renames columns' }];
  describe.each(kinds)('with $name', (kind) => defineCases(kind, () => server().url));
});

function defineCases(kind: ConnectionKind, url: () => string): void {
  const bench = useBench(kind, url);

  it('gives every answer of the contract', async () => {
    const { store, record } = bench();
    const first = record({ subject: 'ann' });
    const second = { ...first, version: 2, body: '{"a":2}' };

    expect(await store.create(first)).toBe('created');
    expect(await store.create(second)).toBe('exists');
    expect(await store.read(first.id)).toEqual(first);
    expect(await store.update(second, 1)).toEqual({ outcome: 'updated' });
    expect(await store.update(first, 1)).toEqual({ outcome: 'conflict', current: second });
    expect(await store.touch(first.id, first.expiresAt + 1)).toBe('touched');
    expect(await store.touch(first.id, first.expiresAt)).toBe('touched');
    expect(await store.list('ann')).toEqual([{ ...second, expiresAt: first.expiresAt + 1 }]);
    expect(await store.destroy(first.id)).toBeUndefined();
    expect(await store.destroy(first.id)).toBeUndefined();
    expect(await store.read(first.id)).toBeUndefined();
    expect(await store.update({ ...second, version: 3 }, 2)).toEqual({ outcome: 'gone' });
    expect(await store.touch(first.id, first.expiresAt + 2)).toBe('gone');
    expect(await store.list('ann')).toEqual([]);
  });

  it('keeps the later expiry of an update and stores everything else as given', async () => {
    const { store, record } = bench();
    const kept = record({ subject: 'ann' });
    await store.create(kept);
    const { subject: _, ...anonymous } = kept;
    await store.update({ ...anonymous, version: 2, expiresAt: kept.expiresAt - 1 }, 1);
    expect(await store.read(kept.id)).toEqual({ ...anonymous, version: 2 });
    expect(await store.list('ann')).toEqual([]);
  });

  it.each([
    ['SQL', "'; DROP TABLE sess_sessions; --"],
    ['a backslash', 'a\\b\\000'],
    ['NUL', '\0'],
    ['two NULs and what they are written as', '\0\u001b0000\0'],
    ['the mark of an escape', '\u001b'],
    ['what a digest looks like', '\u001bsha256:'],
    ['a byte order mark', '\ufeffa'],
    ['half a surrogate pair', '\ud800'],
    ['two halves the wrong way round', '\udc00\ud800'],
    ['characters beyond ASCII', 'ü😀'],
    ['a combining accent', 'e\u0301'],
    ['a space at the end', 'a '],
    ['a prototype', '__proto__'],
    ['nothing', ''],
    ['a path', '../x'],
    ['as long a key as an index takes', '€'.repeat(500)],
    ['one unit more', '€'.repeat(501)],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('keeps an id and a subject of %s apart from all others', async (_, name) => {
    const { store, record } = bench();
    const kept = record({ id: name, subject: name, body: 'ü😀\0\r\n\u001b' });
    await store.create(kept);
    await store.create(record({ id: `${name}?`, subject: `${name}?` }));
    expect(await store.read(name)).toEqual(kept);
    expect(await store.list(name)).toEqual([kept]);
    await store.update({ ...kept, version: 2, subject: 'ann' }, 1);
    expect(await store.list(name)).toEqual([]);
    expect(await store.list('ann')).toEqual([{ ...kept, version: 2, subject: 'ann' }]);
    await store.destroy(name);
    expect(await store.list('ann')).toEqual([]);
    expect(await store.read(`${name}?`)).toMatchObject({ id: `${name}?` });
  });

  it('tells ids apart that look or sort alike', async () => {
    const { store, record } = bench();
    const alike = ['e\u0301', '\u00e9', 'E\u0301', 'a', 'A', 'a ', 'ss', 'ß', 'i', 'İ', 'ı'];
    for (const id of alike) expect(await store.create(record({ id, body: id }))).toBe('created');
    for (const id of alike) expect(await store.read(id)).toMatchObject({ id, body: id });
  });

  it('keeps times and versions up to the last safe integer', async () => {
    const { store, record } = bench();
    const kept = record({ expiresAt: Number.MAX_SAFE_INTEGER, subject: 'ann', version: Number.MAX_SAFE_INTEGER });
    await store.create(kept);
    expect(await store.read(kept.id)).toEqual(kept);
    expect(await store.update({ ...kept, version: 5 }, kept.version)).toEqual({ outcome: 'updated' });
    expect(await store.list('ann')).toEqual([{ ...kept, version: 5 }]);
  });

  it('knows a record that arrives expired as created and gone', async () => {
    const { store, record, clock } = bench();
    const kept = record();
    await store.create(kept);
    expect(await store.create({ ...kept, expiresAt: clock.now() })).toBe('exists');
    for (const expiresAt of [clock.now(), 0, -1, Number.MIN_SAFE_INTEGER]) {
      const late = record({ expiresAt, subject: 'ann' });
      expect(await store.create(late)).toBe('created');
      expect(await store.read(late.id)).toBeUndefined();
    }
    expect(await store.list('ann')).toEqual([]);
  });

  it('replaces an expired record that is still there, and nothing of it stays', async () => {
    const { store, record, clock } = bench();
    const old = record({ id: 'x'.repeat(1000), subject: 'ann', version: 9 });
    await store.create(old);
    clock.advance(60_000);
    const next = record({ id: old.id, body: 'new' });
    expect(await store.create(next)).toBe('created');
    expect(await store.read(old.id)).toEqual(next);
    expect(await store.list('ann')).toEqual([]);
  });

  it('sweeps the expired, oldest first, up to the limit', async () => {
    const { store, record, clock, connection, schema } = bench();
    for (let i = 0; i < 5; i++) await store.create(record({ id: `${i}`, expiresAt: clock.now() + i }));
    clock.advance(3);
    expect(await store.sweep(0)).toBe(0);
    expect(await store.sweep(3)).toBe(3);
    const left = await connection.run(`SELECT id FROM "${schema}".sess_sessions ORDER BY id`);
    expect(left.map((row) => row.id ?? row.ID)).toEqual(['3', '4']);
    expect(await store.sweep(Number.POSITIVE_INFINITY)).toBe(1);
    expect(await store.sweep(10)).toBe(0);
    expect(await store.read('4')).toBeDefined();
  });
}
