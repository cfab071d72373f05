import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Clock } from '@sess/core';
import type { FileStore, FileStoreOptions } from '@sess/store-file';
import { bundleScript } from '@sess/test-support';

/** What a child is told to do. */
export interface Order {
  readonly call: number;
  readonly options: Pick<FileStoreOptions, 'directory' | 'durability'>;
  readonly method: keyof FileStore;
  readonly args: readonly unknown[];
  /** The time it is. */
  readonly now: number;
}

/** What came of it. */
export interface Answer {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Waiting {
  readonly child: ChildProcess;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Real processes that work on the same directories, and a store that hands each call to the next of them. */
export class ChildProcesses {
  readonly #count: number;
  readonly #waiting = new Map<number, Waiting>();
  #children: ChildProcess[] = [];
  #calls = 0;

  constructor(count: number) {
    this.#count = count;
  }

  /** Resolves when all processes run. */
  async start(): Promise<void> {
    const script = await bundleScript(new URL('./child.ts', import.meta.url));
    this.#children = Array.from({ length: this.#count }, () =>
      fork(script, { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } }),
    );
    await Promise.all(this.#children.map((child) => once(child, 'message')));
    for (const child of this.#children) {
      child.on('message', (answer: Answer) => this.#take(answer));
      child.once('exit', () => this.#fail(child));
    }
  }

  /** Kills all processes together (`kill -9`); their pending calls fail. Resolves when they are gone. */
  async kill(): Promise<void> {
    const children = this.#children;
    this.#children = [];
    await Promise.all(
      children.map(async (child) => {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
  }

  /** A store whose calls go to the processes by turns. */
  store(options: Order['options'], clock: Clock): FileStore {
    const ask = (method: keyof FileStore, ...args: readonly unknown[]) =>
      this.#ask({ options, method, args, now: clock.now() }) as Promise<never>;
    return {
      create: (record) => ask('create', record),
      read: (id) => ask('read', id),
      update: (record, ifVersion) => ask('update', record, ifVersion),
      touch: (id, expiresAt) => ask('touch', id, expiresAt),
      destroy: (id) => ask('destroy', id),
      list: (subject) => ask('list', subject),
      sweep: (limit) => ask('sweep', limit),
    };
  }

  #ask(order: Omit<Order, 'call'>): Promise<unknown> {
    this.#calls++;
    const call = this.#calls;
    const child = this.#children[call % this.#children.length];
    if (child === undefined) return Promise.reject(new Error('The processes are not running.'));
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { child, resolve, reject });
      child.send({ ...order, call } satisfies Order, (error) => error && this.#take({ call, error: String(error) }));
    });
  }

  #take({ call, value, error }: Answer): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }

  #fail(child: ChildProcess): void {
    for (const [call, waiting] of this.#waiting) {
      if (waiting.child === child) this.#take({ call, error: 'The process was killed.' });
    }
  }
}
