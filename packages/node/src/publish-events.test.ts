import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';
import { createNodeSessions } from './create-node-sessions.js';

test('events are published on node:diagnostics_channel, and hold no token (S1)', async () => {
  const published: unknown[] = [];
  const listen = (message: unknown) => published.push(message);
  for (const name of ['sess:created', 'sess:destroyed']) {
    subscribe(name, listen);
    onTestFinished(() => void unsubscribe(name, listen));
  }
  const sessions = createNodeSessions<{ name?: string }, undefined>({ secret: 'key' });
  const exchange = await sessions.open({ cookie: undefined, https: true });
  exchange.session.name = 'Ada';
  const { id } = exchange.session;
  const head = await exchange.commit();
  await sessions.revoke(id);

  expect(published).toEqual([
    { id, subject: undefined },
    { id, by: 'revoke' },
  ]);
  const secret = head?.setCookie?.slice('sid='.length + id.length + 1, 'sid='.length + id.length + 33) ?? '';
  expect(secret).toHaveLength(32);
  expect(JSON.stringify(published)).not.toContain(secret);
});
