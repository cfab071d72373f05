import { adapterCases } from '@sess/conformance';
import { describe, test } from 'vitest';
import { honoHarness } from './harness.js';

describe('Hono goes through the scenarios of every adapter', () => {
  for (const { name, run } of adapterCases(honoHarness)) test(name, run);
});
