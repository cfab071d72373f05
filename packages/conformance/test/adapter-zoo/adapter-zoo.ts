import type { BrokenAdapter } from './broken-adapter.js';
import { earlyHeadDefects } from './early-heads.js';
import { failureDefects } from './failures.js';
import { headerDefects } from './headers.js';
import { openingDefects } from './openings.js';

/** Every broken adapter, in the order of the page that lists them. */
export const adapterZoo: readonly BrokenAdapter[] = [
  ...earlyHeadDefects,
  ...headerDefects,
  ...failureDefects,
  ...openingDefects,
];
