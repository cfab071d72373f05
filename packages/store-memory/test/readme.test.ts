import { readFileSync } from 'node:fs';
import { memoryStore } from '@sess/store-memory';
import { expect, it } from 'vitest';

it('does what its README shows', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const store = memoryStore({ maxSessions: 100_000 });
  expect(code).toContain('const store = memoryStore({ maxSessions: 100_000 });');

  const calls = code.split('\n').filter((line) => line.startsWith('store.'));
  expect(calls.length).toBeGreaterThan(4);
  for (const line of calls) {
    const [call, answer = 'undefined'] = line.split(/; ?(?:\/\/ )?/);
    expect(evaluate(`${call}`, store), line).toEqual(evaluate(answer || 'undefined', store));
  }
});

function evaluate(expression: string, store: unknown): unknown {
  return new Function('store', `return (${expression});`)(store);
}
