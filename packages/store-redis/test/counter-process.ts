import { redisStore } from '../src/index.js';
import { clientKinds } from './clients.js';

// One application process: counts up in one session, `share` times, each by a compare-and-set, many at once.
const [url = '', prefix = '', kindName = '', share = '0'] = process.argv.slice(2);
const kind = clientKinds.find(({ name }) => name === kindName);
if (kind === undefined) throw new Error(`no client ${kindName}`);
const { client, close } = await kind.connect(url);
const store = redisStore({ client, prefix });

async function increment(): Promise<void> {
  let current = await store.read('counter');
  while (current !== undefined) {
    const next = { ...current, version: current.version + 1, body: String(Number(current.body) + 1) };
    const result = await store.update(next, current.version);
    if (result.outcome === 'updated') return;
    current = result.outcome === 'conflict' ? result.current : undefined;
  }
  throw new Error('the counter is gone');
}

await Promise.all(Array.from({ length: 10 }, () => countUp(Number(share) / 10)));
close();

async function countUp(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await increment();
}
