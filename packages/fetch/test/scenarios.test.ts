import { adapterCases } from '@sess/conformance';
import { describe, test } from 'vitest';
import { fetchHarness } from './harness.js';

describe('Request and Response go through the scenarios of every adapter', () => {
  for (const { name, run } of adapterCases(fetchHarness)) test(name, run);
});
