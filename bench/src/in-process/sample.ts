import { getHeapStatistics } from 'node:v8';
import type { Contender, Route } from './contender.js';
import type { Operation } from './operations.js';

/** A measurement of some requests: µs of CPU and KB of heap, per request. */
export interface Sample {
  readonly time: number;
  readonly allocated: number;
}

/** Measures `requests` requests of one kind to a contender of this process. The bare framework, which has no sessions, is sent the same number. */
export async function sample(
  contender: Contender,
  isBare: boolean,
  operation: Operation,
  requests: number,
): Promise<Sample> {
  const { route, cookies } = await prepare(contender, isBare, operation, requests);
  return await sampleRequests(contender, route, cookies, requests);
}

/** The route and the cookies of an operation; the bare framework has neither. */
async function prepare(
  contender: Contender,
  isBare: boolean,
  operation: Operation,
  requests: number,
): Promise<{ readonly route: Route; readonly cookies: readonly string[] }> {
  if (isBare || operation === 'new, untouched') return { route: 'none', cookies: [] };
  if (operation === 'create 200 B') return { route: operation, cookies: [] };
  const size = operation.endsWith('4 KB') ? '4 KB' : '200 B';
  // Each session can be ended once.
  if (operation === 'destroy' || operation === 'regenerate') {
    return { route: operation, cookies: await createSessions(contender, size, requests) };
  }
  return { route: operation.startsWith('read') ? 'read' : 'write', cookies: await createSessions(contender, size, 1) };
}

/** The cookies are used in turn. One that an answer renews takes the place of the one that was sent. */
async function sampleRequests(
  contender: Contender,
  route: Route,
  cookies: readonly string[],
  requests: number,
): Promise<Sample> {
  const jar = [...cookies];
  const heap = getHeapStatistics().used_heap_size;
  const before = process.cpuUsage();
  for (let sent = 0; sent < requests; sent++) {
    const at = sent % Math.max(jar.length, 1);
    const { status, cookie } = await contender.send(route, jar[at]);
    if (status !== 200) throw new Error(`${contender.name} answered ${route} with ${status}`);
    if (jar.length > 0 && cookie !== undefined) jar[at] = cookie;
  }
  const { user, system } = process.cpuUsage(before);
  const allocated = (getHeapStatistics().used_heap_size - heap) / 1024;
  return { time: (user + system) / requests, allocated: allocated / requests };
}

async function createSessions(contender: Contender, size: '200 B' | '4 KB', count: number): Promise<string[]> {
  const cookies: string[] = [];
  while (cookies.length < count) {
    const { cookie } = await contender.send(`create ${size}`);
    if (cookie === undefined) throw new Error(`${contender.name} set no cookie for a session that was written to`);
    cookies.push(cookie);
  }
  return cookies;
}
