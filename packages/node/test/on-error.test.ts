import { memoryStore } from '@sess/store-memory';
import { expect, test } from 'vitest';
import { type NodeResponse, session } from '../src/index.js';
import { exchange, serve } from './serve.js';

const throwing = (error: unknown, _: unknown, response: NodeResponse): void => {
  // Most errors have no status, and Node throws for none.
  response.writeHead((error as { readonly status: number }).status);
};

// It would end the process, by a request of anybody's.
test.each([
  ['throws', throwing],
  ['rejects', async (error: unknown, request: unknown, response: NodeResponse) => throwing(error, request, response)],
])('an onError that itself %s: the answer is 500, and both errors are told', async (_, onError) => {
  const store = memoryStore();
  store.create = () => {
    throw new Error('disk full');
  };
  const errors: string[] = [];
  const sessions = session<{ name?: string }>({
    store,
    onError: (error, request, response) => onError((error as Error).cause ?? error, request, response),
  });
  sessions.on('error', ({ error }) => errors.push((error as Error).message));
  const port = await serve((request, response) =>
    sessions.run(request, response, (visit) => {
      if (request.url === '/bug') throw new Error('bug');
      visit.name = 'Ada';
      response.end('saved');
    }),
  );

  expect(await exchange(port, 'GET /bug HTTP/1.1')).toMatch(/^HTTP\/1.1 500 /);
  expect(await exchange(port, 'GET /write HTTP/1.1')).toMatch(/^HTTP\/1.1 500 /);
  expect(errors).toEqual([
    'bug',
    expect.stringContaining('Invalid status code'),
    expect.stringContaining('store'),
    expect.stringContaining('Invalid status code'),
  ]);
});
