import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventHub } from '../events.js';
import { type Flow, wait } from '../flow.js';
import { VerbQueue } from './verb-queue.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function* succeed(after?: Promise<unknown>): Flow<void> {
  if (after !== undefined) yield* wait(after);
}

function* fail(message: string, after?: Promise<unknown>): Flow<void> {
  if (after !== undefined) yield* wait(after);
  throw new Error(message);
}

const drain = async (queue: VerbQueue) => await queue.drain();

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(() => void process.on('unhandledRejection', note));
afterEach(async () => {
  await settle();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

describe('VerbQueue', () => {
  test('carries a verb out at once if none is under way', () => {
    const queue = new VerbQueue();
    let isDone = false;
    function* verb(): Flow<void> {
      isDone = true;
      yield* wait(undefined);
    }
    expect(queue.isUnused).toBe(true);
    void queue.add(verb);
    expect(isDone).toBe(true);
    expect(queue.isUnused).toBe(false);
    expect(queue.drain()).toBeUndefined();
  });

  test('carries verbs out one after the other, in the order they were called', async () => {
    const queue = new VerbQueue();
    const log: string[] = [];
    const verb = (name: string) =>
      function* (): Flow<void> {
        log.push(`${name} begins`);
        yield* wait(Promise.resolve());
        log.push(`${name} ends`);
      };
    void queue.add(verb('first'));
    const second = queue.add(verb('second'));
    void queue.add(verb('third'));
    await second;
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    await drain(queue);
    expect(log).toHaveLength(6);
  });

  test('is idle only when what was called meanwhile has been carried out too', async () => {
    const queue = new VerbQueue();
    let isDone = false;
    void queue.add(() => succeed(Promise.resolve()));
    const idle = queue.whenIdle();
    void queue.add(function* () {
      yield* wait(settle());
      isDone = true;
    });
    await idle;
    expect(isDone).toBe(true);
  });

  test('a failure does not keep the next verb from being carried out', async () => {
    const queue = new VerbQueue();
    const failing = queue.add(() => fail('first', Promise.resolve()));
    const next = queue.add(() => succeed(Promise.resolve()));
    await expect(failing).rejects.toThrow('first');
    await next;
  });

  for (const [when, pending] of [
    ['at once', () => undefined],
    ['later', () => Promise.resolve()],
  ] as const) {
    describe(`a verb that fails ${when}`, () => {
      test('and is not awaited is reported by drain', async () => {
        const queue = new VerbQueue();
        void queue.add(() => fail('unseen', pending()));
        await expect(drain(queue)).rejects.toThrow('unseen');
      });

      test('and is awaited and caught is not', async () => {
        const queue = new VerbQueue();
        await expect(queue.add(() => fail('seen', pending()))).rejects.toThrow('seen');
        await drain(queue);
      });

      test.each<[string, (verb: Promise<void>) => Promise<unknown>]>([
        ['catch', (verb) => verb.catch(() => {})],
        ['then with two functions', (verb) => verb.then(undefined, () => {})],
        ['finally, then catch', (verb) => verb.finally(() => {}).catch(() => {})],
        ['Promise.allSettled', (verb) => Promise.allSettled([verb])],
        ['Promise.resolve', (verb) => Promise.resolve(verb).catch(() => {})],
        ['async functions', (verb) => (async () => verb)().catch(() => {})],
      ])('and is looked at through %s is not', async (_, look) => {
        const queue = new VerbQueue();
        await look(queue.add(() => fail('seen', pending())));
        await drain(queue);
      });

      test('is reported once', async () => {
        const queue = new VerbQueue();
        void queue.add(() => fail('unseen', pending()));
        await expect(drain(queue)).rejects.toThrow('unseen');
        await drain(queue);
      });

      test('and never drained disturbs nobody: a request whose client is gone', async () => {
        const queue = new VerbQueue();
        void queue.add(() => fail('unseen', pending()));
        await settle();
      });
    });
  }

  test('of several failures nobody has seen, the first is reported', async () => {
    const queue = new VerbQueue();
    const seen = queue.add(() => fail('seen', Promise.resolve()));
    void queue.add(() => fail('first', Promise.resolve()));
    void queue.add(() => fail('second'));
    await expect(seen).rejects.toThrow('seen');
    await expect(drain(queue)).rejects.toThrow('first');
  });

  test('a failure that is looked at only by a derived promise is that promise’s', async () => {
    const queue = new VerbQueue();
    const derived = queue.add(() => fail('passed on', Promise.resolve())).then(() => 'never');
    await expect(derived).rejects.toThrow('passed on');
    await drain(queue);
  });

  test.each([
    ['at once', () => undefined],
    ['later', () => Promise.resolve()],
  ])('after the commit, a failure that comes %s and that nobody looks at is reported', async (_, pending) => {
    const queue = new VerbQueue();
    const reported: unknown[] = [];
    const events = new EventHub();
    events.on('error', ({ error }) => reported.push(error));
    queue.reportTo(events);
    await expect(queue.add(() => fail('seen', pending()))).rejects.toThrow('seen');
    void queue.add(() => fail('unseen', pending()));
    await settle();
    expect(reported).toEqual([expect.objectContaining({ message: 'unseen' })]);
  });

  test('a verb may call another, which is carried out after it', async () => {
    const queue = new VerbQueue();
    const log: string[] = [];
    let inner: Promise<void> | undefined;
    function* outer(): Flow<void> {
      yield* wait(Promise.resolve());
      inner = queue.add(function* () {
        log.push('inner');
        yield* wait(undefined);
      });
      log.push('outer');
    }
    await queue.add(outer);
    await inner;
    expect(log).toEqual(['outer', 'inner']);
  });
});
