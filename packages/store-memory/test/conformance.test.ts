import { storeCases } from '@sess/conformance';
import { memoryStore } from '@sess/store-memory';
import { describe, test } from 'vitest';

describe('memoryStore keeps the store contract', () => {
  const cases = storeCases({
    abilities: ['subjectIndex', 'sweep'],
    open: ({ clock }) => ({ store: memoryStore({ clock }) }),
  });
  for (const { name, run } of cases) test(name, run);
});
