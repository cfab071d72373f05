import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, poll } from '@sess/test-support';
import { build } from 'esbuild';

/** Runs the worker in `workerd`, Cloudflare's runtime, and goes through a login and a logout. */
export async function checkWorker(workerd: string, flags: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sess-worker-'));
  const port = await findFreePort();
  let server: ChildProcess | undefined;
  try {
    await bundleWorker(join(folder, 'worker.js'));
    writeFileSync(join(folder, 'config.capnp'), configOf(port, flags));
    server = spawn(workerd, ['serve', 'config.capnp'], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
    await poll(() => fetch(`http://127.0.0.1:${port}/`));
    await logInAndOut(`http://127.0.0.1:${port}`);
  } finally {
    server?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundleWorker(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    tsconfig: fileURLToPath(new URL('../../tsconfig.base.json', import.meta.url)),
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'error',
  });
}

function configOf(port: number, flags: readonly string[]): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "worker.js")],
    compatibilityDate = "2025-06-01",
    compatibilityFlags = ${JSON.stringify(flags)},
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;
}

async function logInAndOut(origin: string): Promise<void> {
  const visit = async (path: string, cookie = '') => {
    const response = await fetch(origin + path, { headers: { cookie } });
    const set = response.headers.getSetCookie()[0]?.split(';', 1)[0];
    return { said: await response.json(), cookie: set ?? cookie, isSet: set !== undefined };
  };
  const first = await visit('/');
  assert.deepEqual(first.said, { visits: 1 });
  const second = await visit('/', first.cookie);
  assert.deepEqual(second.said, { visits: 2 });
  assert.equal(second.isSet, false);
  const login = await visit('/login', first.cookie);
  assert.deepEqual(login.said, { subject: 'ada', visits: 3 });
  assert.notEqual(login.cookie, first.cookie);
  assert.deepEqual(
    (await visit('/', first.cookie)).said,
    { visits: 1 },
    'the token from before the login opens nothing',
  );
  assert.deepEqual((await visit('/', login.cookie)).said, { subject: 'ada', visits: 4 });
  await visit('/logout', login.cookie);
  assert.deepEqual(
    (await visit('/', login.cookie)).said,
    { visits: 1 },
    'the token from before the logout opens nothing',
  );
}
