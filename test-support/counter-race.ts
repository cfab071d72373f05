import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createSessions, type SessionStore } from '@sess/core';
import { bundleScript } from './bundle-script.js';

interface Counted {
  n: number;
}

/** A process that takes part: a script that makes a store from its arguments and calls `joinCounterRace`. */
export interface Racer {
  readonly script: URL;
  readonly args: readonly string[];
}

const sessionsOf = (store: SessionStore) =>
  createSessions<Counted>({ store, initial: { n: 0 }, merge: { n: 'counter' }, storeTimeout: '60s' });

/**
 * Lets each racer open one session of `store` `times` times and add 1 in each; when all have done so, all commit together.
 * Resolves to what the session's counter says at the end.
 */
export async function runCounterRace(store: SessionStore, racers: readonly Racer[], times: number): Promise<number> {
  const sessions = sessionsOf(store);
  const first = await sessions.open({ cookie: undefined, https: true });
  await first.session.save();
  const cookie = (await first.commit())?.setCookie?.split(';')[0] ?? '';
  const scripts = await Promise.all(racers.map(({ script }) => bundleScript(script)));
  const children = racers.map(({ args }, i) =>
    fork(scripts[i] ?? '', [...args, cookie, String(times)], { execArgv: [] }),
  );
  const ends = children.map(ended);
  await Promise.all(children.map((child, i) => Promise.race([once(child, 'message'), ends[i]])));
  for (const child of children) child.send('commit');
  await Promise.all(ends);
  return (await sessions.open({ cookie, https: true })).session.n;
}

/** A racer's part; the last two arguments of its process are the cookie and the number of times. */
export async function joinCounterRace(store: SessionStore): Promise<void> {
  const [cookie, times] = process.argv.slice(-2);
  const sessions = sessionsOf(store);
  const opening = Array.from({ length: Number(times) }, async () => sessions.open({ cookie, https: true }));
  const exchanges = await Promise.all(opening);
  for (const { session } of exchanges) session.n += 1;
  process.send?.('ready');
  await once(process, 'message');
  await Promise.all(exchanges.map(async (exchange) => exchange.commit()));
  process.disconnect();
}

/** Resolves when the process exits cleanly; rejects when it does not. */
async function ended(child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`);
}
