import { adapterCases } from '@sess/conformance';
import { describe, test } from 'vitest';
import { fastifyHarness } from './harness.js';

describe('Fastify goes through the scenarios of every adapter', () => {
  for (const { name, run } of adapterCases(fastifyHarness)) test(name, run);
});
