import { expect, it } from 'vitest';
import { race } from '../src/contention/race.js';
import { racers } from '../src/contention/racers.js';

const inMemory = racers.filter(({ needsRedis }) => needsRedis !== true);

// A peer that lost nothing would show that its requests did not meet, and then the races would say nothing of Sess either.
it.each(inMemory)('of five writes at once, all come through or all but one are lost: $name', async (racer) => {
  const { failed, lost } = await race(racer, 5, '');
  expect({ failed, lost }).toEqual({ failed: 0, lost: racer.name.includes(': Sess') ? 0 : 4 });
});
