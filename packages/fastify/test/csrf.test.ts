import csrf from '@fastify/csrf-protection';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { session } from '../src/index.js';

test('@fastify/csrf-protection keeps its secret in the session', async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(session({ secret: 'k' }));
  await app.register(csrf, { sessionPlugin: '@fastify/session' });
  app.get('/', (_request, reply) => ({ token: reply.generateCsrf() }));
  app.post('/', { onRequest: app.csrfProtection }, () => 'done');
  const open = async () => {
    const response = await app.inject('/');
    const cookie = String(response.headers['set-cookie']).split(';', 1)[0] ?? '';
    return { cookie, token: response.json<{ token: string }>().token };
  };
  const send = async (cookie: string, token: string) =>
    (await app.inject({ method: 'POST', url: '/', headers: { cookie, 'csrf-token': token } })).statusCode;
  const [mine, theirs] = [await open(), await open()];

  expect(await send(mine.cookie, mine.token)).toBe(200);
  expect(await send(mine.cookie, theirs.token)).toBe(403);
  expect(await send('', mine.token)).toBe(403);
});
