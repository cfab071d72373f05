/** One contender in a process of its own, which answers each order to measure with a sample: see `RunningContender`. */
import { assertWorks } from './assert-works.js';
import { groups } from './groups.js';
import type { Operation } from './operations.js';
import { Sampler } from './sampler.js';

const [, , framework = '', place = ''] = process.argv;
const group = groups.find((candidate) => candidate.framework === framework);
const create = place === 'bare' ? group?.bare : group?.contenders[Number(place)];
if (create === undefined) throw new Error(`There is no contender ${place} on ${framework}.`);

const contender = await create();
if (place !== 'bare') await assertWorks(contender);
const sampler = new Sampler(contender, place === 'bare');
process.on('message', ({ operation, requests }: { operation: Operation; requests: number }) => {
  sampler.sample(operation, requests).then(
    (measured) => process.send?.(measured),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ name: contender.name, cookieHolds: contender.cookieHolds });
