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

test('a listener that throws does not stop what is being done', () => {
  const report = createReport(() => {
    throw new Error('mine');
  });

  expect(() => report('/a', 'odd')).not.toThrow();
});
