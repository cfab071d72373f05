import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Size } from '../data.js';
import type { Contender, Route } from './contender.js';
import type { Operation } from './operations.js';
import { Visitors } from './visitors.js';

/** A measurement of some requests, per request. */
export interface Sample {
  /** µs of CPU. */
  readonly time: number;
  /** KB of heap. Absent if a garbage collection fell into the measurement: what it freed may have been allocated at any time. */
  readonly allocated?: number;
}

/** How many sessions are read and written in turn. */
const pooled = 1000;

/** Measures the contender of this process. */
export class Sampler {
  readonly #contender: Contender;
  readonly #isBare: boolean;
  readonly #pools = new Map<Size, Visitors>();
  readonly #observer = new PerformanceObserver((entries) => {
    this.#collections += entries.getEntries().length;
  });
  #collections = 0;

  /** The bare framework has no sessions: it is sent the same number of requests without a cookie. */
  constructor(contender: Contender, isBare: boolean) {
    this.#contender = contender;
    this.#isBare = isBare;
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Measures `requests` requests of one kind. */
  async sample(operation: Operation, requests: number): Promise<Sample> {
    const { route, visitors } = await this.#prepare(operation, requests);
    await this.#takeCollections();
    const heap = getHeapStatistics().used_heap_size;
    const before = process.cpuUsage();
    for (let sent = 0; sent < requests; sent++) await visitors.send(route);
    const { user, system } = process.cpuUsage(before);
    const allocated = (getHeapStatistics().used_heap_size - heap) / 1024;
    const time = (user + system) / requests;
    return (await this.#takeCollections()) > 0 ? { time } : { time, allocated: allocated / requests };
  }

  async #prepare(operation: Operation, requests: number): Promise<{ route: Route; visitors: Visitors }> {
    const newcomer = new Visitors(this.#contender, [undefined]);
    if (this.#isBare || operation === 'new, untouched') return { route: 'none', visitors: newcomer };
    if (operation === 'create 200 B') return { route: operation, visitors: newcomer };
    const size = operation.endsWith('4 KB') ? '4 KB' : '200 B';
    // Each session can be ended once.
    if (operation === 'destroy' || operation === 'regenerate') {
      return { route: operation, visitors: await Visitors.create(this.#contender, size, requests) };
    }
    return { route: operation.startsWith('read') ? 'read' : 'write', visitors: await this.#poolOf(size) };
  }

  async #poolOf(size: Size): Promise<Visitors> {
    const pool = this.#pools.get(size) ?? (await Visitors.create(this.#contender, size, pooled));
    this.#pools.set(size, pool);
    return pool;
  }

  /** How many garbage collections there were since this was last asked. */
  async #takeCollections(): Promise<number> {
    // Node notes them in a turn of the event loop after the one they fell in.
    await new Promise(setImmediate);
    const count = this.#collections + this.#observer.takeRecords().length;
    this.#collections = 0;
    return count;
  }
}
