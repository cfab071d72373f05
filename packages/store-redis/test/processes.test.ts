import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describeWithService } from '@sess/test-support';
import { expect, it } from 'vitest';
import { clientKinds, nodeRedis6 } from './clients.js';
import { createBench, removeKeys } from './stores.js';

describeWithService('Redis', 'four processes', (redis) => {
  // L1, at the store: the core's `counter` rule rests on it.
  it('count one session up 1,000 times, and no count is lost', async () => {
    const { url } = redis();
    const connection = await nodeRedis6.connect(url);
    const { store, prefix } = createBench(connection);
    await store.create({ id: 'counter', version: 1, expiresAt: Date.UTC(2100, 0), body: '0' });

    const path = fileURLToPath(new URL('counter-process.ts', import.meta.url));
    const exits = clientKinds.map(async ({ name }) => {
      const child = fork(path, [url, prefix, name, '250'], { execArgv: ['--import', 'tsx'] });
      const [code] = await once(child, 'exit');
      return code;
    });

    expect(await Promise.all(exits)).toEqual([0, 0, 0, 0]);
    expect(await store.read('counter')).toMatchObject({ version: 1_001, body: '1000' });
    connection.close();
    await removeKeys(url, [prefix]);
  });
});
