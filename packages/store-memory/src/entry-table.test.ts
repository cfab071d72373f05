import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Entry } from './entry.js';
import { EntryTable } from './entry-table.js';

const entryOf = (id: string): Entry => new Entry({ id, version: 1, expiresAt: 1, body: '' });

describe('EntryTable', () => {
  it('finds what was added and not deleted, whatever the ids are', () => {
    const id = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('__proto__', 'constructor', 'x'.repeat(10_000)));
    fc.assert(
      fc.property(fc.array(id, { maxLength: 200 }), (ids) => {
        const table = new EntryTable();
        const model = new Map<string, Entry>();
        for (const each of ids) {
          const known = model.get(each);
          expect(table.get(each)).toBe(known);
          if (known === undefined) {
            const entry = entryOf(each);
            table.add(entry);
            model.set(each, entry);
          } else {
            table.delete(known);
            model.delete(each);
          }
          expect(table.size).toBe(model.size);
        }
        for (const [each, entry] of model) expect(table.get(each)).toBe(entry);
      }),
    );
  });

  it('keeps every entry through many splits', () => {
    const table = new EntryTable();
    const entries = Array.from({ length: 20_000 }, (_, n) => entryOf(`session-${n}`));
    for (const entry of entries) table.add(entry);
    for (const entry of entries.filter((_, n) => n % 2 === 0)) table.delete(entry);

    expect(table.size).toBe(10_000);
    for (const [n, entry] of entries.entries()) expect(table.get(entry.id)).toBe(n % 2 === 0 ? undefined : entry);
  });

  // A `Map` would move all of its keys each time it is full: a pause of tens of milliseconds at a million.
  it.each([
    ['random', (n: number) => Math.imul(n, 2_654_435_761).toString(36).padStart(8, '0')],
    ['counted', (n: number) => `session-${String(n).padStart(8, '0')}`],
  ])('relinks few entries at once when ids are %s', (_name, idOf) => {
    const table = new EntryTable();
    let relinked = 0;
    let most = 0;
    for (let n = 0; n < 20_000; n++) {
      const entry = new Counted(idOf(n), () => relinked++);
      relinked = 0;
      table.add(entry);
      most = Math.max(most, relinked);
    }
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThan(30);
  });
});

/** An entry that tells when it is linked into a chain. */
class Counted extends Entry {
  constructor(id: string, link: () => void) {
    super({ id, version: 1, expiresAt: 1, body: '' });
    let next: Entry | undefined;
    Object.defineProperty(this, 'nextInChain', {
      get: () => next,
      set: (entry: Entry | undefined) => {
        next = entry;
        link();
      },
    });
  }
}
