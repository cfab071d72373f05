import type { Session } from '@sess/core';
import type { FastifyRequest } from 'fastify';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { session } from './index.js';
import type { SessionOf } from './register.js';

declare const request: FastifyRequest;

test('a schema types sessions.of', () => {
  const sessions = session({ schema: z.object({ name: z.string().optional(), visits: z.number().default(0) }) });

  expectTypeOf(sessions.of(request)).toEqualTypeOf<Session<{ name?: string | undefined; visits: number }>>();
  // @ts-expect-error: the schema has no such field.
  sessions.of(request).nmae = 'John';
  // @ts-expect-error: a name is a text.
  sessions.of(request).name = 7;
});

test('so does a type parameter', () => {
  const sessions = session<{ name?: string }>({ secret: 'k' });

  expectTypeOf(sessions.of(request)).toEqualTypeOf<Session<{ name?: string }>>();
});

test('a login may have the session remembered', () => {
  const sessions = session({ remember: { idleTimeout: '14d' } });

  void sessions.of(request).login('ann', { remember: true });
  // @ts-expect-error: it is called remember.
  void sessions.of(request).login('ann', { remeber: true });
});

test('without a registration, request.session holds unknown data', () => {
  expectTypeOf(request.session.anything).toEqualTypeOf<unknown>();
  // @ts-expect-error: facts are not to be set.
  request.session.id = 'mine';
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

  expectTypeOf<SessionOf<{ session: typeof sessions }>>().toEqualTypeOf<Session<{ name?: string }>>();
  expectTypeOf<SessionOf<{ session: typeof session }>>().toBeString();
  expectTypeOf<SessionOf<{ sessions: typeof sessions }>>().toBeString();
});
