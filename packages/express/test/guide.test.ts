import { readFileSync } from 'node:fs';
import { jsonCodec, type ManualClock, manualClock } from '@sess/core';
import express from 'express';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type SessionMiddleware, session } from '../src/index.js';
import { Browser, serve } from './browser.js';

/** What the guide's snippet that contains `mark`, which is JavaScript but for its imports, declares by these names. */
function runSnippet<N extends keyof Declared>(mark: string, ...names: N[]): Pick<Declared, N> {
  const guide = readFileSync(new URL('../../../docs/guide.md', import.meta.url), 'utf8');
  const snippets = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);
  const code = snippets.find((snippet) => snippet.includes(mark)) ?? '';
  const body = code.replaceAll(/^import .*\n|^export /gm, '');
  const scope = { session, jsonCodec, manualClock, z };
  return new Function(...Object.keys(scope), `${body}\nreturn { ${names} };`)(...Object.values(scope));
}

interface Declared {
  readonly clock: ManualClock;
  readonly sessions: SessionMiddleware;
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

test('a test advances the clock, and the session has expired', async () => {
  const { clock, sessions } = runSnippet('manualClock', 'clock', 'sessions');
  const app = express();
  app.use(sessions);
  app.post('/login', async (req, res) => {
    await sessions.of(req).login('ada');
    res.end();
  });
  app.get('/account', (req, res) => {
    res.send(String(sessions.of(req).subject));
  });
  const browser = new Browser(await serve(app));
  await browser.post('/login');

  clock.advance(3_599_999);
  expect(await browser.text('/account')).toBe('ada');
  clock.advance(3_600_000);
  expect(await browser.text('/account')).toBe('undefined');
});
