import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { jsonCodec } from '@sess/core';
import { type ServerSessions, session as upgradeSession, watchSession } from '@sess/node';
import { memoryStore } from '@sess/store-memory';
import express from 'express';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type SessionMiddleware, session } from '../src/index.js';
import { Browser, serve } from './browser.js';

/** What the guide's snippet that contains `mark`, which is JavaScript but for its imports, declares by these names. */
function runSnippet<N extends keyof Declared>(mark: string, ...names: N[]): Pick<Declared, N> {
  const guide = readFileSync(new URL('../../../docs/guide.md', import.meta.url), 'utf8');
  const snippets = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);
  const code = snippets.find((snippet) => snippet.includes(mark)) ?? '';
  const body = code.replaceAll(/^import .*\n|^export /gm, '');
  const scope = { session, upgradeSession, memoryStore, jsonCodec, z };
  return new Function(...Object.keys(scope), `${body}\nreturn { ${names} };`)(...Object.values(scope));
}

interface Declared {
  readonly sessions: SessionMiddleware;
  readonly upgrades: ServerSessions;
}

test('a schema that restores a Date from its text needs no other codec', async () => {
  const { sessions } = runSnippet('jsonCodec', 'sessions');
  const app = express();
  app.use(sessions);
  app.get('/', (req, res) => {
    const visit = sessions.of(req);
    const { since } = visit;
    visit.since ??= new Date(0);
    res.send(since instanceof Date ? since.toISOString() : 'none');
  });
  const browser = new Browser(await serve(app));

  expect(await browser.text('/')).toBe('none');
  expect(await browser.text('/')).toBe('1970-01-01T00:00:00.000Z');
});

test('an upgrade request has the session that Express has given the browser, and hears of the logout at once', async () => {
  const { sessions, upgrades } = runSnippet('upgradeSession', 'sessions', 'upgrades');
  const app = express();
  app.use(sessions);
  app.post('/login', async (req, res) => {
    await sessions.of(req).login('ada');
    res.end();
  });
  app.post('/logout', async (req, res) => {
    await sessions.of(req).destroy();
    res.end();
  });
  const browser = new Browser(await serve(app));
  await browser.post('/login');

  const cookie = `sid=${browser.cookies.get('sid')}`;
  const visit = await upgrades.read({ headers: { cookie } } as IncomingMessage);
  const ended = vi.fn();
  watchSession(sessions, visit as NonNullable<typeof visit>, ended);
  await browser.post('/logout');

  expect(visit?.subject).toBe('ada');
  expect(ended).toHaveBeenCalledOnce();
});
