import { describe, expect, it } from 'vitest';
import { Entry } from './entry.js';
import { SubjectLists } from './subject-lists.js';

const entryOf = (id: string, subject?: string): Entry =>
  new Entry({ id, version: 1, expiresAt: 1, body: '', ...(subject === undefined ? {} : { subject }) });

describe('SubjectLists', () => {
  it('lists the entries of a subject, newest first', () => {
    const lists = new SubjectLists();
    for (const id of 'abc') lists.add(entryOf(id, 'ann'));
    lists.add(entryOf('d', 'bob'));
    expect(lists.of('ann').map((entry) => entry.id)).toEqual(['c', 'b', 'a']);
  });

  // Each order takes the first, the middle and the last of a list in another sequence.
  it.each([['abc'], ['acb'], ['bac'], ['bca'], ['cab'], ['cba']])('holds nothing once %s are removed', (order) => {
    const lists = new SubjectLists();
    const entries = new Map(['a', 'b', 'c'].map((id) => [id, entryOf(id, 'ann')]));
    for (const entry of entries.values()) lists.add(entry);

    const left = new Set('abc');
    for (const id of order) {
      lists.remove(entries.get(id) as Entry);
      left.delete(id);
      expect(new Set(lists.of('ann').map((entry) => entry.id))).toEqual(left);
    }
    expect(lists.size).toBe(0);
    for (const entry of entries.values()) {
      expect(entry.peerBefore).toBeUndefined();
      expect(entry.peerAfter).toBeUndefined();
    }
  });

  it('knows nothing of an entry without a subject', () => {
    const lists = new SubjectLists();
    const entry = entryOf('a');
    lists.add(entry);
    lists.remove(entry);
    expect(lists.size).toBe(0);
  });

  it('takes a subject named like a property of Object for a name like any other', () => {
    const lists = new SubjectLists();
    expect(lists.of('__proto__')).toEqual([]);
    lists.add(entryOf('a', '__proto__'));
    expect(lists.of('__proto__')).toHaveLength(1);
    expect(lists.of('constructor')).toEqual([]);
  });
});
