import { expressGroup } from './express.js';
import { fastifyGroup } from './fastify.js';
import { fetchGroup } from './fetch.js';
import { koaGroup } from './koa.js';
import { type Effort, type GroupResult, measureGroup } from './measure-group.js';

/** Measures what a session adds to one request, for every framework. */
export async function measureInProcess(effort: Effort): Promise<readonly GroupResult[]> {
  const results: GroupResult[] = [];
  for (const group of [expressGroup, koaGroup, fastifyGroup, fetchGroup]) {
    results.push(await measureGroup(group, effort));
  }
  return results;
}
