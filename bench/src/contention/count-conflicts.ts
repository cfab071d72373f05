import { chain, type SessionStore, type UpdateResult } from '@sess/core';

/** The store, with a count of the writes that it has refused because another had come first. */
export function countConflicts(store: SessionStore): {
  readonly store: SessionStore;
  readonly countRetries: () => number;
} {
  let retries = 0;
  const note = (result: UpdateResult) => {
    if (result.outcome === 'conflict') retries++;
    return result;
  };
  const counting: SessionStore = {
    create: (record) => store.create(record),
    read: (id) => store.read(id),
    update: (record, ifVersion) => chain(store.update(record, ifVersion), note),
    touch: (id, expiresAt) => store.touch(id, expiresAt),
    destroy: (id) => store.destroy(id),
  };
  return { store: counting, countRetries: () => retries };
}
