import { sessionCases } from '@sess/conformance';
import { memoryStore } from '@sess/store-memory';
import { scaleRuns } from '@sess/test-support';
import fc from 'fast-check';
import { describe, test } from 'vitest';

// Shrinking is for readers; runs that only ask whether the core is right, as the mutations do, can do without.
if (process.env.SESS_NO_SHRINKING) fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

describe('the invariants hold in every order of what sessions ask of the memory store', () => {
  // Five cases: ten thousand schedules in an ordinary run.
  const cases = sessionCases(
    { abilities: ['subjectIndex', 'sweep'], open: ({ clock }) => ({ store: memoryStore({ clock }) }) },
    { runs: scaleRuns(2000) },
  );
  for (const { name, run } of cases) test(name, run, 1_800_000);
});
