import type { Clock } from './clock.js';
import { messageOf } from './data-errors.js';
import { SessError } from './errors.js';
import { isPromiseLike } from './flow.js';
import type { Awaitable, SessionRecord, SessionStore, UpdateResult } from './store.js';

/**
 * A store as the core uses it: every failure becomes one kind of error, with the store's own as `cause`, and a call that does
 * not answer in time fails (invariant C2).
 */
export class GuardedStore {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  readonly #timeout: number;

  /** Guards `store`; `timeout` in ms. */
  constructor(store: SessionStore, clock: Clock, timeout: number) {
    this.#store = store;
    this.#clock = clock;
    this.#timeout = timeout;
  }

  create(record: SessionRecord): Awaitable<'created' | 'exists'> {
    return this.call('create', () => this.#store.create(record));
  }

  read(id: string): Awaitable<SessionRecord | undefined> {
    return this.call('read', () => this.#store.read(id));
  }

  update(record: SessionRecord, ifVersion: number): Awaitable<UpdateResult> {
    return this.call('update', () => this.#store.update(record, ifVersion));
  }

  touch(id: string, expiresAt: number): Awaitable<'touched' | 'gone'> {
    return this.call('touch', () => this.#store.touch(id, expiresAt));
  }

  destroy(id: string): Awaitable<void> {
    return this.call('destroy', () => this.#store.destroy(id));
  }

  /** Calls the store through `act`, under the guard. Synchronous if the store is. */
  call<R>(operation: string, act: () => Awaitable<R>): Awaitable<R> {
    let answer: Awaitable<R>;
    try {
      answer = act();
    } catch (error) {
      throw storeError(operation, error);
    }
    return isPromiseLike(answer) ? this.#inTime(operation, answer) : answer;
  }

  #inTime<R>(operation: string, answer: PromiseLike<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(this.#timeout, () => {
        reject(
          new SessError(
            'ERR_SESS_STORE_TIMEOUT',
            `The session store did not answer ${operation} within ${this.#timeout} ms (storeTimeout). Whether it took effect is unknown.`,
          ),
        );
      });
      answer.then(
        (value) => {
          cancel();
          resolve(value);
        },
        (error) => {
          cancel();
          reject(storeError(operation, error));
        },
      );
    });
  }
}

function storeError(operation: string, cause: unknown): SessError<'ERR_SESS_STORE'> {
  return new SessError('ERR_SESS_STORE', `The session store failed at ${operation}: ${messageOf(cause)}`, { cause });
}
