import type { Clock } from './clock.js';
import { SessError } from './errors.js';
import { type Flow, fail, isPromiseLike, type Waiting, wait } from './flow.js';
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

  create(record: SessionRecord): Waiting<'created' | 'exists'> {
    return this.call('create', () => this.#store.create(record));
  }

  read(id: string): Waiting<SessionRecord | undefined> {
    return this.call('read', () => this.#store.read(id));
  }

  update(record: SessionRecord, ifVersion: number): Waiting<UpdateResult> {
    return this.call('update', () => this.#store.update(record, ifVersion));
  }

  touch(id: string, expiresAt: number): Waiting<'touched' | 'gone'> {
    return this.call('touch', () => this.#store.touch(id, expiresAt));
  }

  destroy(id: string): Waiting<void> {
    return this.call('destroy', () => this.#store.destroy(id));
  }

  /** Calls the store through `act`, under the guard. */
  call<R>(operation: string, act: () => Awaitable<R>): Waiting<R> {
    let answer: Awaitable<R>;
    try {
      answer = act();
    } catch (error) {
      return fail(storeError(operation, error));
    }
    return isPromiseLike(answer) ? this.#wait(operation, answer) : wait(answer);
  }

  *#wait<R>(operation: string, answer: PromiseLike<R>): Flow<R> {
    try {
      return yield* wait(this.#inTime(operation, answer));
    } catch (error) {
      throw SessError.is(error, 'ERR_SESS_STORE_TIMEOUT') ? error : storeError(operation, error);
    }
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
          reject(error);
        },
      );
    });
  }
}

function storeError(operation: string, cause: unknown): SessError<'ERR_SESS_STORE'> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SessError('ERR_SESS_STORE', `The session store failed at ${operation}: ${reason}`, { cause });
}
