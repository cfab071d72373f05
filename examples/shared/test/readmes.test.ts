// The first lines that a newcomer copies, from the READMEs of the adapters, as they stand there.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort, poll } from '@sess/test-support';
import { transform } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What the example says at the second visit, at which path, and what serves it where it does not serve itself. */
const examples = [
  { name: 'express', path: '/greet', says: 'Hello, John!' },
  { name: 'koa', path: '/', says: 'Hello, John!' },
  { name: 'fastify', path: '/greet', says: 'Hello, John!' },
  { name: 'node', path: '/', says: 'Visit 2' },
  { name: 'hono', path: '/greet', says: 'Hello, John!', served: 'app.fetch' },
  { name: 'fetch', path: '/', says: '{"visits":2}', served: 'GET' },
];

/** Runs the first example of a package's README on a free port; resolves to its URL. */
async function runReadme(name: string, served: string | undefined): Promise<string> {
  const readme = await readFile(`${root}/packages/${name}/README.md`, 'utf8');
  const port = await findFreePort();
  const lines = (/```ts\n(.*?)```/s.exec(readme)?.[1] ?? '').replace('3000', String(port));
  const server = `import { serve } from '@hono/node-server'; serve({ fetch: ${served}, port: ${port} });`;
  const { code } = await transform(served === undefined ? lines : `${lines}\n${server}`, { loader: 'ts' });
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.base.json' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return `http://localhost:${port}`;
}

describe('the first example of each README', () => {
  test.each(examples)('of @sess/$name runs as it stands', async ({ name, path, says, served }) => {
    const url = await runReadme(name, served);
    const first = await poll(() => fetch(url), 25_000);
    const cookie = first.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';

    expect(await (await fetch(url + path, { headers: { cookie } })).text()).toBe(says);
  });
});
