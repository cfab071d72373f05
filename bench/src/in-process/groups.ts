import type { Contender, Group } from './contender.js';
import { expressGroup } from './express.js';
import { fastifyGroup } from './fastify.js';
import { fetchGroup } from './fetch.js';
import { koaGroup } from './koa.js';

/** Every framework with its contenders, in the order of the report. */
export const groups: readonly Group[] = [expressGroup, koaGroup, fastifyGroup, fetchGroup];

/** The contender at `place` of a framework's group, or its bare framework. */
export async function createContenderAt(framework: string, place: string): Promise<Contender> {
  const group = groups.find((candidate) => candidate.framework === framework);
  const create = place === 'bare' ? group?.bare : group?.contenders[Number(place)];
  if (create === undefined) throw new Error(`There is no contender ${place} on ${framework}.`);
  return await create();
}
