import { describeWithService } from '@sess/test-support';
import { expect, it } from 'vitest';
import { runCounterRace } from '../../../test-support/counter-race.js';
import { redisStore } from '../src/index.js';
import { connectionKinds, nodeRedis6 } from './connections.js';
import { newPrefix, removeKeys } from './stores.js';

describeWithService('Redis', 'four processes', (redis) => {
  it('count one session up in 1,000 requests at once under the rule `counter`, exactly (L2)', async () => {
    const { url } = redis();
    const prefix = newPrefix();
    const { client, close } = await nodeRedis6.connect(url);
    const script = new URL('children/count.ts', import.meta.url);
    const racers = connectionKinds.map(({ name }) => ({ script, args: [url, prefix, name] }));

    expect(await runCounterRace(redisStore({ client, prefix }), racers, 250)).toBe(1_000);

    close();
    await removeKeys(url, [prefix]);
  });
});
