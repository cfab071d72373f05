import type { Group } from './contender.js';
import { expressGroup } from './express.js';
import { fastifyGroup } from './fastify.js';
import { fetchGroup } from './fetch.js';
import { koaGroup } from './koa.js';

/** Every framework with its contenders, in the order of the report. */
export const groups: readonly Group[] = [expressGroup, koaGroup, fastifyGroup, fetchGroup];
