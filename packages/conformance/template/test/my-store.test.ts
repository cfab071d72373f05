import { storeCases } from '@sess/conformance';
import { describe, test } from 'vitest';
import { Database, myStore } from '../src/index.js';

describe('myStore keeps the store contract', () => {
  const cases = storeCases({
    abilities: ['subjectIndex', 'sweep'],
    open({ clock }) {
      const database = new Database();
      return { database, clock, store: myStore({ database, clock }) };
    },
    connect: ({ database, clock }) => myStore({ database, clock }),
  });
  // The random cases make thousands of calls: about 9 s for the longest of them for each ms that a call takes, over a network.
  for (const { name, run } of cases) test(name, run, 60_000);
});
