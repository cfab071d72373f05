/** One contender in a process of its own, which answers each order to measure with a sample: see `RunningContender`. */
import { assertWorks } from './assert-works.js';
import { createContenderAt } from './groups.js';
import type { Operation } from './operations.js';
import { Sampler } from './sampler.js';

const [, , framework = '', place = ''] = process.argv;
const contender = await createContenderAt(framework, place);
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
