import { adapterCases } from '@sess/conformance';
import { describe, test } from 'vitest';
import { http1Harness, http2Harness } from './harness.js';

describe.each([
  ['node:http', http1Harness],
  ['node:http2', http2Harness],
])('%s goes through the scenarios of every adapter', (_, harness) => {
  for (const { name, run } of adapterCases(harness)) test(name, run);
});
