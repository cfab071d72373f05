import type { Contender } from './contender.js';

/** What is measured, in the order of the table. */
export const operations = [
  'new, untouched',
  'create 200 B',
  'read 200 B',
  'write 200 B',
  'read 4 KB',
  'write 4 KB',
  'destroy',
  'regenerate',
] as const;

export type Operation = (typeof operations)[number];

/** The operations of a contender: a cookie that holds the data cannot hold 4 KB. */
export function operationsOf({ cookieHolds }: Pick<Contender, 'cookieHolds'>): readonly Operation[] {
  return cookieHolds === 'data' ? operations.filter((operation) => !operation.endsWith('4 KB')) : operations;
}
