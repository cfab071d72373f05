import { abilityDefects } from './abilities.js';
import { faultDefects } from './faults.js';
import type { Inhabitant } from './inhabitant.js';
import { keepingDefects } from './keeping.js';
import { raceDefects } from './races.js';
import { subjectIndexDefects } from './subject-index.js';
import { writeDefects } from './writes.js';

/** Every broken store there is. */
export const zoo: readonly Inhabitant[] = [
  ...writeDefects,
  ...keepingDefects,
  ...raceDefects,
  ...subjectIndexDefects,
  ...abilityDefects,
  ...faultDefects,
];
