import { sendThrough } from '../node-request.js';
import { Course } from './course.js';
import type { Racer } from './racers.js';

/** The outcome of some requests that each wrote their own key to one session at the same time. */
export interface Outcome {
  readonly writers: number;
  /** Keys that were not there afterwards, though every request had been answered with success. */
  readonly lost: number;
  /** Requests that were answered with an error. */
  readonly failed: number;
  /** Writes that a store refused because another had come first; `undefined` for a store that refuses none. */
  readonly retries: number | undefined;
}

/** Lets `writers` requests read one session before any of them goes on to write to it. */
export async function race(racer: Racer, writers: number, redisUrl: string): Promise<Outcome> {
  const course = new Course(writers);
  const { listener, countRetries, close } = await racer.enter(course, redisUrl);
  const send = (path: string, cookie?: string) => sendThrough(listener, path, cookie);
  const { cookie } = await send('/begin');
  const answers = await Promise.all(Array.from({ length: writers }, (_, n) => send(`/write/key${n}`, cookie)));
  await send('/look', cookie);
  close?.();
  const succeeded = answers.flatMap(({ status }, n) => (status === 200 ? [`key${n}`] : []));
  return {
    writers,
    lost: succeeded.filter((key) => !course.found.includes(key)).length,
    failed: writers - succeeded.length,
    retries: countRetries?.(),
  };
}
