import type { Session } from '@sess/core';
import { Hono } from 'hono';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { session } from './index.js';

test('a schema types c.var.session for the handlers that come after', () => {
  const sessions = session({ schema: z.object({ name: z.string().optional(), visits: z.number().default(0) }) });

  new Hono().use(sessions).get('/', (c) => {
    expectTypeOf(c.var.session).toEqualTypeOf<Session<{ name?: string | undefined; visits: number }>>();
    expectTypeOf(c.get('session').visits).toEqualTypeOf<number>();
    expectTypeOf(sessions.of(c).visits).toEqualTypeOf<number>();
    // @ts-expect-error: the schema has no such field.
    c.var.session.nmae = 'John';
    // @ts-expect-error: a name is a text.
    c.var.session.name = 7;
    return c.text('');
  });
});

test('so does a type parameter', () => {
  new Hono().use(session<{ name?: string }>({ secret: 'k' })).get('/', (c) => {
    expectTypeOf(c.var.session).toEqualTypeOf<Session<{ name?: string }>>();
    return c.text('');
  });
});

test('a login may have the session remembered', () => {
  new Hono().use(session({ remember: { idleTimeout: '14d' } })).post('/login', async (c) => {
    await c.var.session.login('ann', { remember: true });
    // @ts-expect-error: it is called remember.
    await c.var.session.login('ann', { remeber: true });
    return c.redirect('/');
  });
});

test('errors are app.onError’s', () => {
  // @ts-expect-error: an option of @sess/fetch that has no place here.
  session({ onError: () => new Response() });
});

test('reserved names and what JSON cannot carry do not compile', () => {
  // @ts-expect-error: `id` is reserved.
  session<{ id: string }>({});
  // @ts-expect-error: JSON cannot carry a Date.
  session<{ since: Date }>({});
});

test('without a schema, fields that every session is said to have need initial data', () => {
  // @ts-expect-error: a new session has no name.
  session<{ name: string }>({});
  session<{ name: string }>({ initial: { name: '' } });
  session<{ name: string }>({ initial: () => ({ name: '' }) });
});
