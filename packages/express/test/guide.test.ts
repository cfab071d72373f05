import { readFileSync } from 'node:fs';
import { jsonCodec } from '@sess/core';
import express from 'express';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type SessionMiddleware, session } from '../src/index.js';
import { Browser, serve } from './browser.js';

/** The `sessions` of the guide's snippet that contains `mark`, which is JavaScript but for its imports. */
function runSnippet(mark: string): SessionMiddleware {
  const guide = readFileSync(new URL('../../../docs/guide.md', import.meta.url), 'utf8');
  const snippets = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);
  const code = snippets.find((snippet) => snippet.includes(mark)) ?? '';
  const body = code.replaceAll(/^import .*\n/gm, '');
  return new Function('session', 'jsonCodec', 'z', `${body}\nreturn sessions;`)(session, jsonCodec, z);
}

test('a schema that restores a Date from its text needs no other codec', async () => {
  const sessions = runSnippet('jsonCodec');
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
