import type { Mutation } from './mutation.js';
import { dataMutations } from './of-data.js';
import { endingMutations } from './of-endings.js';
import { secrecyMutations } from './of-secrecy.js';
import { timeMutations } from './of-time.js';

/** Every break that the tests must notice. */
export const mutations: readonly Mutation[] = [
  ...timeMutations,
  ...endingMutations,
  ...dataMutations,
  ...secrecyMutations,
];
