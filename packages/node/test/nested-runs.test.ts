import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { type ServerSessions, session } from '../src/index.js';
import { exchange, parseAnswer, serve, valuesOf } from './serve.js';

/** The answer where `inner` runs inside `outer`. */
async function answerOf(outer: ServerSessions, inner: ServerSessions) {
  const port = await serve((request: IncomingMessage, response: ServerResponse) =>
    outer.run(request, response, (visit) =>
      inner.run(request, response, (inside) => {
        inside.name = 'Ada';
        response.end(JSON.stringify(visit));
      }),
    ),
  );
  return parseAnswer(await exchange(port));
}

test('sessions run inside themselves are one session', async () => {
  const sessions = session({});
  const answer = await answerOf(sessions, sessions);

  expect(valuesOf(answer, 'Set-Cookie')).toHaveLength(1);
  expect(answer.body).toBe('{"name":"Ada"}');
});

test('inside others with the same cookie they would take each other’s: an error says what to do', async () => {
  const errors: Error[] = [];
  const inner = session({ onError: (error, _, response) => response.end(String(errors.push(error as Error))) });
  const answer = await answerOf(session({}), inner);

  expect(valuesOf(answer, 'Set-Cookie')).toEqual([]);
  expect(errors[0]).toMatchObject({ code: 'ERR_SESS_CONFIG', message: expect.stringContaining('one name, sid') });
});
