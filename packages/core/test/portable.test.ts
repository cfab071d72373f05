import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url));

/** What every runtime of the web platform has beside the language itself, and all that core may use of it. */
const webGlobals = {
  crypto,
  TextEncoder,
  btoa,
  setTimeout,
  clearTimeout,
  performance,
};

let bundle: string;
let metafile: Metafile;

beforeAll(async () => {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'neutral',
    // The only dependency, `ms`, has nothing but a `main`.
    mainFields: ['main'],
    format: 'iife',
    globalName: 'sess',
    target: 'es2022',
    logLevel: 'error',
  });
  bundle = result.outputFiles[0]?.text ?? '';
  metafile = result.metafile;
});

describe('@sess/core outside Node', () => {
  test('imports nothing of Node, and no package but ms', () => {
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
    expect(imports.filter(({ external }) => external)).toEqual([]);
    const packages = Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'));
    expect(packages.map((path) => path.split('node_modules/').at(-1)?.split('/')[0])).toEqual(['ms']);
    expect(bundle).not.toMatch(/\b(from|import|require)\s*\(?\s*["'](node:|fs|crypto|util|events|http|stream)/);
  });

  test('opens, writes, commits and opens again where there are only web globals', async () => {
    const context = createContext({ ...webGlobals });
    expect(runInContext('typeof process + typeof Buffer + typeof require + typeof global', context)).toBe(
      'undefined'.repeat(4),
    );
    runInContext(bundle, context);
    const outcome: unknown = await runInContext(
      `(async () => {
        const records = new Map();
        const sessions = sess.createSessions({
          secret: 'key',
          rotateEvery: '1h',
          store: {
            async create(record) { records.set(record.id, { ...record }); return 'created'; },
            async read(id) { return records.get(id); },
            async update(record) { records.set(record.id, { ...record }); return { outcome: 'updated' }; },
            async touch() { return 'touched'; },
            async destroy(id) { records.delete(id); },
          },
        });
        const first = await sessions.open({ cookie: undefined, https: true });
        first.session.name = 'Ann';
        await first.session.login('ann');
        const { setCookie } = await first.commit();
        const cookie = setCookie.split(';')[0];
        const second = await sessions.open({ cookie, https: true });
        const seen = JSON.stringify([second.session, second.session.subject, second.session.isNew]);
        await second.session.destroy();
        const cleared = (await second.commit()).setCookie;
        const third = await sessions.open({ cookie, https: true });
        return [seen, cleared, String(third.session.isNew), records.size];
      })()`,
      context,
    );
    expect([...(outcome as unknown[])]).toEqual([
      '[{"name":"Ann"},"ann",false]',
      'sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure',
      'true',
      0,
    ]);
  });

  test('predictable ids: without a cryptographic generator it throws rather than fall back', async () => {
    const context = createContext({ ...webGlobals, crypto: undefined, Math });
    runInContext(bundle, context);
    const attempt = runInContext(
      `(async () => {
        const store = { create: () => 'created', read() {}, update() {}, touch() {}, destroy() {} };
        const exchange = await sess.createSessions({ store }).open({ cookie: undefined, https: true });
        exchange.session.name = 'Ann';
        await exchange.commit();
      })()`,
      context,
    ) as Promise<void>;
    await expect(attempt).rejects.toThrow();
  });
});
