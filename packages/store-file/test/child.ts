// A process with stores of its own, which does what its parent tells it. See `child-processes.ts`.
import { type FileStore, fileStore } from '@sess/store-file';
import type { Answer, Order } from './child-processes.js';

let now = 0;
const clock = { now: () => now, after: () => () => undefined };
const stores = new Map<string, FileStore>();

process.on('message', (order: Order) => {
  void carryOut(order).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function carryOut({ call, options, method, args, now: asOf }: Order): Promise<Answer> {
  now = asOf;
  const key = JSON.stringify(options);
  const store = stores.get(key) ?? fileStore({ ...options, clock });
  stores.set(key, store);
  try {
    const act = store[method] as (...given: readonly unknown[]) => unknown;
    return { call, value: await act.apply(store, [...args]) };
  } catch (error) {
    return { call, error: String(error) };
  }
}
