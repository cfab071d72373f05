import { describeWithProgram, poll } from '@sess/test-support';
import { expect, it } from 'vitest';
import { RedisStoreError } from '../src/index.js';
import { connectionKinds } from './connections.js';
import { OwnRedis } from './own-redis.js';
import { createBench } from './stores.js';

// This server is started again on data that take it long to load.
describeWithProgram('Redis', 'a server that is loading its data', () => {
  it('is an error that says so, or a wait, but never "no session"', async () => {
    const server = await OwnRedis.start({ 'loading-process-events-interval-bytes': '1024', 'key-load-delay': '10000' });
    const connections = await Promise.all(connectionKinds.map((kind) => kind.connect(server.url)));
    const benches = connections.map((connection) => createBench(connection));
    const kept = benches.map(({ record }) => record({ subject: 'ann' }));
    await Promise.all(benches.map(({ store }, i) => store.create(kept[i] as (typeof kept)[0])));
    const filler = `for i = 1, 2000 do redis.call('SET', 'filler:' .. i, string.rep('x', 1000)) end`;
    await server.send('EVAL', filler, '0');
    await server.send('SAVE');
    await server.kill();
    // At 10 ms a key it would take 20 s; the test ends it when it has seen enough.
    await server.launch(async () => expect(await server.send('INFO', 'persistence')).toContain('loading:1'));

    const answers = benches.map(({ store }, i) => readUntil(() => store.read(kept[i]?.id ?? '')));
    const [first, second] = await Promise.all(answers.slice(0, 2).map((answer) => answer.refused));
    for (const error of [first, second]) {
      expect(error).toMatchObject({ reply: 'LOADING', message: expect.stringMatching(/Try again once it is done/) });
    }
    expect(await server.send('INFO', 'persistence')).toContain('loading:1');
    await server.send('CONFIG', 'SET', 'key-load-delay', '0');

    for (const [i, answer] of answers.entries()) expect(await answer.found).toEqual(kept[i]);
    for (const [i, { store }] of benches.entries()) expect(await store.list('ann')).toEqual([kept[i]]);
    for (const connection of connections) connection.close();
    await server.stop();
  });
});

/** Reads until there is a result: `refused` resolves with the first error that has a code, `found` with the result. */
function readUntil<T>(read: () => PromiseLike<T> | T): { refused: Promise<RedisStoreError>; found: Promise<T> } {
  let refuse: (error: RedisStoreError) => void = () => {};
  const refused = new Promise<RedisStoreError>((resolve) => {
    refuse = resolve;
  });
  const found = poll(async () => {
    try {
      return await read();
    } catch (error) {
      if (error instanceof RedisStoreError && error.reply !== undefined) refuse(error);
      throw error;
    }
  }, 20_000);
  return { refused, found };
}
