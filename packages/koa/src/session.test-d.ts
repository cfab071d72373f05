import type { Session } from '@sess/core';
import Koa from 'koa';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { type SessionContext, session } from './index.js';
import type { ContextOf } from './register.js';

test('a schema types ctx.session for the middleware that comes after', () => {
  const sessions = session({ schema: z.object({ name: z.string().optional(), visits: z.number().default(0) }) });

  new Koa().use(sessions).use((ctx) => {
    expectTypeOf(ctx.session).toEqualTypeOf<Session<{ name?: string | undefined; visits: number }>>();
    // @ts-expect-error: the schema has no such field.
    ctx.session.nmae = 'John';
    // @ts-expect-error: a name is a text.
    ctx.session.name = 7;
    ctx.session = null;
  });
});

test('so does a type parameter, and sessions.of(ctx)', () => {
  const sessions = session<{ name?: string }>({ secret: 'k' });

  new Koa().use(sessions).use((ctx) => {
    expectTypeOf(ctx.session).toEqualTypeOf<Session<{ name?: string }>>();
    expectTypeOf(sessions.of(ctx)).toEqualTypeOf<Session<{ name?: string }>>();
  });
});

test('a login may have the session remembered', () => {
  new Koa().use(session({ remember: { idleTimeout: '14d' } })).use(async (ctx) => {
    await ctx.session.login('ann', { remember: true });
    // @ts-expect-error: it is called remember.
    await ctx.session.login('ann', { remeber: true });
    expectTypeOf(ctx.session.isRemembered).toEqualTypeOf<boolean>();
  });
});

test('with state and context of the application’s own', () => {
  const app = new Koa<{ user?: string }, { log(text: string): void }>();

  app.use(session<{ name?: string }>({})).use((ctx) => {
    expectTypeOf(ctx.session.name).toEqualTypeOf<string | undefined>();
    expectTypeOf(ctx.state.user).toEqualTypeOf<string | undefined>();
    ctx.log('seen');
  });
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

test('a mistaken registration is a sentence about it', () => {
  const sessions = session<{ name?: string }>({});

  expectTypeOf<ContextOf<{ session: typeof sessions }>>().toEqualTypeOf<SessionContext<{ name?: string }>>();
  expectTypeOf<ContextOf<{ session: typeof session }>['session']>().toBeString();
  expectTypeOf<ContextOf<{ sessions: typeof sessions }>['session']>().toBeString();
});
