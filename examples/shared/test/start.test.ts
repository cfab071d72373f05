import { expect, onTestFinished, test } from 'vitest';
import { runExample } from '../../tutorial/test/run-example.js';
import { headingOf } from './visitor-browser.js';

// What `npm start -- koa` runs once it has built the packages.
test('the examples start, and say where', async () => {
  const greetings = ['koa', 'fastify', 'node', 'hono', 'fetch'].map(async (name) => {
    const example = await runExample(`../${name}/src/server.ts`, { PORT: '0' });
    onTestFinished(() => example.kill());
    return await headingOf(await fetch(example.url));
  });

  expect(await Promise.all(greetings)).toEqual(greetings.map(() => 'Who are you?'));
});
