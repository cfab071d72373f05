import { expect, test } from 'vitest';
import { createReport, type FileStoreProblem } from './problems.js';

test('a problem is told once, however often it is met', () => {
  const told: FileStoreProblem[] = [];
  const report = createReport((problem) => told.push(problem));

  report('/a', 'odd');
  report('/a', 'odd');
  report('/a', 'odder');
  report('/b', 'odd');

  expect(told).toEqual([
    { path: '/a', reason: 'odd' },
    { path: '/a', reason: 'odder' },
    { path: '/b', reason: 'odd' },
  ]);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('mine');
    },
  ],
  ['rejects', () => Promise.reject(new Error('mine'))],
])('a listener that %s does not stop what is being done, and gives a warning', async (_, listener) => {
  const warned = new Promise((resolve) => process.once('warning', resolve));
  const report = createReport(listener);

  expect(() => report('/a', 'odd')).not.toThrow();
  expect(await warned).toMatchObject({
    name: 'SessWarning',
    code: 'SESS_STORE_FILE',
    message: 'onProblem of fileStore failed: Error: mine',
  });
});
