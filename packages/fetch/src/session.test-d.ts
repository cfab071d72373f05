import type { Session } from '@sess/core';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { session } from './index.js';

declare const request: Request;

test('a schema types the handler’s session', () => {
  const sessions = session({ schema: z.object({ name: z.string().optional(), visits: z.number().default(0) }) });

  void sessions.handle(request, (visit, asked) => {
    expectTypeOf(visit).toEqualTypeOf<Session<{ name?: string | undefined; visits: number }>>();
    expectTypeOf(asked).toEqualTypeOf<Request>();
    // @ts-expect-error: the schema has no such field.
    visit.nmae = 'John';
    // @ts-expect-error: a name is a text.
    visit.name = 7;
    return new Response();
  });
});

test('so does a type parameter, in open as well', async () => {
  const sessions = session<{ name?: string }>({ secret: 'k' });

  expectTypeOf((await sessions.open(request)).session).toEqualTypeOf<Session<{ name?: string }>>();
});

test('read takes a request, or what has its headers', async () => {
  const sessions = session<{ name?: string }>({ secret: 'k' });

  expectTypeOf(await sessions.read(request)).toEqualTypeOf<Session<{ name?: string }> | undefined>();
  expectTypeOf(await sessions.read({ headers: new Headers() })).toEqualTypeOf<Session<{ name?: string }> | undefined>();
  // @ts-expect-error: the headers alone are no request.
  await sessions.read(new Headers());
});

test('a login may have the session remembered', () => {
  void session({ remember: { idleTimeout: '14d' } }).handle(request, async (visit) => {
    await visit.login('ann', { remember: true });
    // @ts-expect-error: it is called remember.
    await visit.login('ann', { remeber: true });
    return new Response();
  });
});

test('a handler answers a Response', () => {
  // @ts-expect-error: a text is none.
  void session({}).handle(request, () => 'saved');
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
