// Runs the tutorial's code on the built packages, not on the sources, as its users will.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Throws unless the tutorial keeps a name and forgets it at logout, in `project`, as CommonJS and as ESM. */
export async function checkTutorial(project) {
  const commonJs = await readFile('examples/tutorial/verbatim/tutorial.cjs', 'utf8');
  const esm = commonJs.replace(/^const (.+) = require\((.+)\);$/gm, 'import $1 from $2;');
  for (const [file, text] of Object.entries({ 'tutorial.cjs': commonJs, 'tutorial.mjs': esm })) {
    await writeFile(join(project, file), text);
    const { url, stop } = await start(process.execPath, [file], { cwd: project });
    try {
      await visit(url);
    } catch (cause) {
      throw new Error(`${file}: ${cause.message}`, { cause });
    } finally {
      await stop();
    }
  }
}

/** Throws unless `npm start` says where the example runs, and the example greets. */
export async function checkStart(folder) {
  const { url, stop } = await start('npm', ['start'], { env: { ...process.env, PORT: '0', SESSIONS: folder } });
  try {
    expect(await (await fetch(url)).text(), /Who are you\?/);
  } finally {
    await stop();
  }
}

async function visit(url) {
  const saved = await fetch(url);
  const cookie = saved.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  expect(await saved.text(), /^saved$/);
  const ask = async (path) => (await fetch(new URL(path, url), { headers: { cookie } })).text();
  expect(await ask('/greet'), /^Hello, John!$/);
  expect(await ask('/logout'), /^Logged out successfully\.$/);
  expect(await ask('/greet'), /^Hello, undefined!$/);
}

function expect(text, pattern) {
  if (!pattern.test(text)) throw new Error(`It answered ${JSON.stringify(text.slice(0, 200))}, not ${pattern}.`);
}

/** Starts a server in a group of its own, npm and all, and waits for the line with its address. */
async function start(command, args, options) {
  const child = spawn(command, args, {
    ...options,
    env: { ...process.env, PORT: '0', ...options.env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  const address = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [url] = /http:\S+/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([address, ended.then(() => undefined)]);
  if (url === undefined) throw new Error(`${command} ${args.join(' ')} ended before it said where it runs.`);
  return { url, stop };
}
