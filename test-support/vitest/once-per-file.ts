import fc from 'fast-check';
import { runsPerProperty } from '../runs.js';

const seed = process.env.FC_SEED;

fc.configureGlobal({ numRuns: runsPerProperty(), ...(seed ? { seed: Number(seed) } : {}) });
