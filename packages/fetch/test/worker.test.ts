// Workers have no `node:` and no `process`. The package is bundled as for one, and run where there is nothing but the web's globals.
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const worker = `
import { session } from '@sess/fetch';
const sessions = session({ secret: 'a key' });
globalThis.handler = (request) => sessions.handle(request, async (visit) => {
  const { pathname } = new URL(request.url);
  if (pathname === '/login') await visit.login('ada');
  if (pathname === '/out') await visit.destroy();
  else visit.visits = (visit.visits ?? 0) + 1;
  return new Response(visit.subject + ' ' + visit.visits);
});
`;

const webGlobals = {
  crypto,
  Request,
  Response,
  Headers,
  URL,
  TextEncoder,
  TextDecoder,
  ReadableStream,
  setTimeout,
  clearTimeout,
  queueMicrotask,
  performance,
  structuredClone,
  btoa,
  atob,
  console,
};

test('runs in a worker: no node:, no globals but the web’s', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: worker, resolveDir: root, loader: 'js' },
    tsconfig: `${root}/tsconfig.base.json`,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  expect(imports).toEqual([]);

  const context = createContext({ ...webGlobals });
  runInContext(outputFiles[0]?.text ?? '', context);
  const handler = context.handler as (request: Request) => Promise<Response>;
  const visit = async (path: string, cookie = '') => {
    const response = await handler(new Request(`https://example.com${path}`, { headers: { cookie } }));
    return { text: await response.text(), cookie: response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? cookie };
  };

  const first = await visit('/');
  expect(first.text).toBe('undefined 1');
  const login = await visit('/login', first.cookie);
  expect(login.text).toBe('ada 2');
  expect((await visit('/', login.cookie)).text).toBe('ada 3');
  await visit('/out', login.cookie);
  expect((await visit('/', login.cookie)).text).toBe('undefined 1');
});
