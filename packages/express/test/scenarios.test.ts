import { adapterCases } from '@sess/conformance';
import { describe, test } from 'vitest';
import { express4Harness, express5Harness } from './harness.js';

describe.each([
  ['Express 5', express5Harness],
  ['Express 4', express4Harness],
])('%s goes through the scenarios of every adapter', (_, harness) => {
  for (const { name, run } of adapterCases(harness)) test(name, run);
});
