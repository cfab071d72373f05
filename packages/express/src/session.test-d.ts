import express, { type Request, type RequestHandler } from 'express';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { type ExpressSession, session } from './index.js';
import type { SessionOf } from './register.js';

declare const request: Request;

test('a schema types sessions.of', () => {
  const sessions = session({ schema: z.object({ name: z.string().optional(), visits: z.number().default(0) }) });

  expectTypeOf(sessions.of(request).name).toEqualTypeOf<string | undefined>();
  expectTypeOf(sessions.of(request).visits).toEqualTypeOf<number>();
  // @ts-expect-error: the schema has no such field.
  sessions.of(request).nmae = 'John';
});

test('so does a type parameter', () => {
  const sessions = session<{ name?: string }>({ secret: 'k' });

  expectTypeOf(sessions.of(request).name).toEqualTypeOf<string | undefined>();
  // @ts-expect-error: a name is a text.
  sessions.of(request).name = 7;
});

test('without either, data is unknown and may have any name', () => {
  expectTypeOf(request.session.anything).toEqualTypeOf<unknown>();
  expectTypeOf(request.session.id).toEqualTypeOf<string>();
  expectTypeOf(request.sessionID).toEqualTypeOf<string>();
  // @ts-expect-error: facts are not to be set.
  request.session.id = 'mine';
  // @ts-expect-error: nor by their other name.
  request.sessionID = 'mine';
});

test('in a route, it leaves the types of the route as they are', () => {
  const sessions = session<{ name?: string }>({});
  const middleware: RequestHandler[] = [sessions];

  express()
    .use(sessions, ...middleware)
    .use('/api', sessions)
    .get('/users/:id', sessions, (request, response) => {
      expectTypeOf(request.params).toEqualTypeOf<{ id: string }>();
      // @ts-expect-error: the path has no such parameter.
      response.send(request.params.name);
    });
});

test('verbs take a callback or give a promise', () => {
  const { session: visit } = request;

  expectTypeOf(visit.destroy()).toEqualTypeOf<Promise<void>>();
  expectTypeOf(visit.destroy((_error) => {})).toEqualTypeOf<void>();
  // As in applications that come from express-session.
  expectTypeOf(visit.save((_error?: Error | null) => {})).toEqualTypeOf<void>();
  expectTypeOf(visit.regenerate({ keep: ['cart'] })).toEqualTypeOf<Promise<void>>();
  expectTypeOf(visit.login('ada', () => {})).toEqualTypeOf<void>();
  expectTypeOf(visit.login('ada', { remember: true })).toEqualTypeOf<Promise<void>>();
  expectTypeOf(visit.login('ada', { remember: true }, () => {})).toEqualTypeOf<void>();
  // @ts-expect-error: a subject is a text.
  void visit.login(7);
  // @ts-expect-error: it is called remember.
  void visit.login('ada', { remeber: true });
  // @ts-expect-error: so it is with a callback.
  visit.login('ada', { remeber: true }, () => {});
  // @ts-expect-error: it is said what is true.
  void visit.login('ada', true);
});

test('a keep list names fields that there are', () => {
  const sessions = session<{ cart?: string[] }>({});

  // @ts-expect-error: there is no such field.
  void sessions.of(request).regenerate({ keep: ['crat'] });
});

test('options of express-session that would do harm do not compile', () => {
  session({ resave: false, saveUninitialized: false });
  // @ts-expect-error: it would undo what other requests wrote.
  session({ resave: true });
  // @ts-expect-error: the cookie's name is cookie.name.
  session({ name: 'connect.sid' });
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

  expectTypeOf<SessionOf<{ session: typeof sessions }>>().toEqualTypeOf<ExpressSession<{ name?: string }>>();
  expectTypeOf<SessionOf<{ session: typeof session }>>().toBeString();
  expectTypeOf<SessionOf<{ sessions: typeof sessions }>>().toBeString();
});
