import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let child: ChildProcess | undefined;
afterEach(() => child?.kill());

/** Runs one of the files as it stands, on the sources of the packages; resolves to its URL. */
function start(file: string): Promise<string> {
  const args = ['--import', 'tsx', `examples/tutorial/verbatim/${file}`];
  const env = { ...process.env, PORT: '0', TSX_TSCONFIG_PATH: 'tsconfig.base.json' };
  const started = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  return new Promise((resolve, reject) => {
    started.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it listened`)));
    createInterface({ input: started.stdout }).once('line', resolve);
  });
}

describe.each(['tutorial.cjs', 'tutorial.ts'])('the lines of the tutorial in %s', (file) => {
  test('save, greet and log out', async () => {
    const url = await start(file);
    const saved = await fetch(url);
    const cookie = saved.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const greet = async () => await (await fetch(`${url}/greet`, { headers: { cookie } })).text();

    expect(await saved.text()).toBe('saved');
    expect(await greet()).toBe('Hello, John!');

    const out = await fetch(`${url}/logout`, { headers: { cookie } });
    expect(await out.text()).toBe('Logged out successfully.');
    expect(out.headers.getSetCookie()).toEqual(['sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
    expect(await greet()).toBe('Hello, undefined!');
  });
});
