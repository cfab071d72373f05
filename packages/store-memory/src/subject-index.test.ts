import { describe, expect, it } from 'vitest';
import { Entry } from './entry.js';
import { MemorySubjectIndex } from './subject-index.js';

const entryOf = (id: string, subject?: string): Entry =>
  new Entry({ id, version: 1, expiresAt: 1, body: '', ...(subject === undefined ? {} : { subject }) });

describe('MemorySubjectIndex', () => {
  it('lists the entries of a subject, newest first', () => {
    const index = new MemorySubjectIndex();
    for (const id of 'abc') index.add(entryOf(id, 'ann'));
    index.add(entryOf('d', 'bob'));
    expect(index.list('ann').map((entry) => entry.id)).toEqual(['c', 'b', 'a']);
  });

  // Each order takes the first, the middle and the last of a list in another sequence.
  it.each([['abc'], ['acb'], ['bac'], ['bca'], ['cab'], ['cba']])('holds nothing once %s are removed', (order) => {
    const index = new MemorySubjectIndex();
    const entries = new Map(['a', 'b', 'c'].map((id) => [id, entryOf(id, 'ann')]));
    for (const entry of entries.values()) index.add(entry);

    const left = new Set('abc');
    for (const id of order) {
      index.remove(entries.get(id) as Entry);
      left.delete(id);
      expect(new Set(index.list('ann').map((entry) => entry.id))).toEqual(left);
    }
    expect(index.size).toBe(0);
  });

  it('knows nothing of an entry without a subject', () => {
    const index = new MemorySubjectIndex();
    const entry = entryOf('a');
    index.add(entry);
    index.remove(entry);
    expect(index.size).toBe(0);
  });

  it('takes a subject named like a property of Object for a name like any other', () => {
    const index = new MemorySubjectIndex();
    expect(index.list('__proto__')).toEqual([]);
    index.add(entryOf('a', '__proto__'));
    expect(index.list('__proto__')).toHaveLength(1);
    expect(index.list('constructor')).toEqual([]);
  });
});
