import { adapterCases } from '@sess/conformance';
import { describe, test } from 'vitest';
import { koa2Harness, koa3Harness } from './harness.js';

describe.each([
  ['Koa 3', koa3Harness],
  ['Koa 2', koa2Harness],
])('%s goes through the scenarios of every adapter', (_, harness) => {
  for (const { name, run } of adapterCases(harness)) test(name, run);
});
