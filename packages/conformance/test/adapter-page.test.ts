import { readFileSync, writeFileSync } from 'node:fs';
import { adapterCases } from '@sess/conformance';
import { expect, test } from 'vitest';
import { express4Harness, express5Harness } from '../../express/test/harness.js';
import { fastifyHarness } from '../../fastify/test/harness.js';
import { fetchHarness } from '../../fetch/test/harness.js';
import { honoHarness } from '../../hono/test/harness.js';
import { koa2Harness, koa3Harness } from '../../koa/test/harness.js';
import { http1Harness, http2Harness } from '../../node/test/harness.js';
import { type Column, runColumn, writeAdapterPage } from './adapter-page.js';
import { adapterZoo } from './adapter-zoo/adapter-zoo.js';

const page = new URL('../../../docs/adapters.md', import.meta.url);

const adapters = [
  ['Express 5', express5Harness],
  ['Express 4', express4Harness],
  ['Koa 3', koa3Harness],
  ['Koa 2', koa2Harness],
  ['Fastify 5', fastifyHarness],
  ['node:http', http1Harness],
  ['node:http2', http2Harness],
  ['fetch', fetchHarness],
  ['Hono 4', honoHarness],
] as const;

test('docs/adapters.md says what the adapters do', async () => {
  const columns: Column[] = [];
  for (const [name, harness] of adapters) columns.push(await runColumn(name, adapterCases(harness)));
  const text = writeAdapterPage(columns, adapterCases(express5Harness), adapterZoo);

  expect(text).not.toContain('**fails**');
  if (process.env.UPDATE_ADAPTER_TABLE === '1') writeFileSync(page, text);
  expect(
    readFileSync(page, 'utf8'),
    'UPDATE_ADAPTER_TABLE=1 npx vitest run packages/conformance/test/adapter-page',
  ).toBe(text);
});
