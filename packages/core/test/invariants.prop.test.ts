import { memoryStore } from '@sess/store-memory';
import { describe, test } from 'vitest';
import { sessionCases } from '../../conformance/src/schedule/session-cases.js';

const harness = {
  abilities: ['subjectIndex', 'sweep'] as const,
  open: ({ clock }: { clock: import('@sess/core').Clock }) => ({ store: memoryStore({ clock }) }),
};

describe('schedules', () => {
  for (const { name, run } of sessionCases(harness, { runs: Number(process.env.RUNS ?? 200) }))
    test(name, run, 120_000);
});
