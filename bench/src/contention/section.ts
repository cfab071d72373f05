import { findRedisServer, startRedisServer } from '../../../test-support/redis-server.js';
import type { Section } from '../report/section.js';
import { toMarkdownTable } from '../report/table.js';
import { type Outcome, race } from './race.js';
import { racers } from './racers.js';

/** Lets many requests write to one session at once and counts what is lost. */
export async function contentionSection(isQuick: boolean): Promise<Section> {
  const redis = findRedisServer() === undefined ? undefined : await startRedisServer();
  const entered = racers.filter(({ needsRedis }) => needsRedis !== true || redis !== undefined);
  const outcomes: (Outcome & { readonly name: string })[] = [];
  try {
    for (const racer of entered) {
      for (const writers of isQuick ? [2, 10, 50] : [2, 10, 50, 200]) {
        outcomes.push({ name: racer.name, ...(await race(racer, writers, redis?.url ?? '')) });
      }
    }
  } finally {
    await redis?.stop();
  }
  const rows = outcomes.map(({ name, writers, failed, lost, retries }) => [
    name,
    String(writers),
    String(writers - failed),
    String(lost),
    retries === undefined ? '–' : String(retries),
  ]);
  const own = outcomes.filter(({ name }) => name.includes(': Sess'));
  const lost = own.reduce((sum, outcome) => sum + outcome.lost + outcome.failed, 0);
  return {
    title: 'Many writers of one session',
    text: [
      'So many requests have all read the session before the first of them writes; each then writes a key of its own and is answered. Counted, not timed: the figures are the same on every machine, but for the retries on Redis.',
      ...(redis === undefined ? ['Not raced, for this machine has no server of its kind: Redis.'] : []),
      toMarkdownTable(['library', 'writers', 'answered with success', 'lost writes', 'retries'], rows),
    ].join('\n\n'),
    figures: outcomes,
    goals: [
      { id: 'lost writes', what: 'Writes lost or failed, of all races', reached: lost, atMost: 0, unit: 'count' },
    ],
  };
}
