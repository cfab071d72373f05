import {
  createSessions,
  type Exchange,
  type ManualClock,
  manualClock,
  type Sessions,
  type UntypedData,
} from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { scaleRuns } from '@sess/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeDigest } from './support/node-digest.js';

const policy = { idleTimeout: 60_000, absoluteTimeout: 100_000, touchEvery: 6_000 };

/** One thing that happens; what it happens to is chosen among what is there, modulo its number. */
type Step =
  | { readonly do: 'pass'; readonly ms: number }
  /** Time passes until a border of the session's life, or a little before or after it. */
  | { readonly do: 'pass to'; readonly border: 'expiry' | 'absolute' | 'touch'; readonly offset: number }
  | { readonly do: 'read' | 'write' | 'touch' | 'login' | 'regenerate' | 'destroy'; readonly which: number }
  /** A request is opened, and goes on later. */
  | { readonly do: 'hold'; readonly which: number }
  | { readonly do: 'go on'; readonly which: number; readonly act: 'read' | 'write' | 'touch' | 'reload' | 'destroy' }
  /** Somebody without a cookie comes by. */
  | { readonly do: 'stranger' }
  /** The clock shows the end of a session to somebody else, and is set back: the store believes the session alive again. */
  | { readonly do: 'glimpse' };

const which = fc.nat(5);
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(1, 3_000, 59_999, -1, -3_000, -70_000) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass to'),
      border: fc.constantFrom('expiry', 'absolute', 'touch'),
      offset: fc.constantFrom(-1, 0, 1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('read', 'write'), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('touch', 'login', 'regenerate', 'destroy'), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hold'), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('go on'),
      which,
      act: fc.constantFrom('read', 'write', 'touch', 'reload', 'destroy'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'stranger' }) },
  { weight: 3, arbitrary: fc.constant({ do: 'glimpse' }) },
) as fc.Arbitrary<Step>;

/** A session as it has to be. */
interface ModelSession {
  readonly id: string;
  /** The only token that opens it. */
  token: string | undefined;
  generation: number;
  startedAt: number;
  expiresAt: number;
  /** How often its record has been written anew; a touch does not count. */
  writes: number;
  value: unknown;
  isEnded: boolean;
}

interface Held {
  readonly exchange: Exchange<UntypedData>;
  readonly session: ModelSession | undefined;
  readonly generation: number;
  /** The expiry and the number of writes that the request has seen: it may not know of what others have done since. */
  readonly seen: { readonly expiresAt: number; readonly writes: number };
}

/** Sessions and a model of them, side by side. */
class Sequence {
  readonly #clock: ManualClock = manualClock();
  readonly #sessions: Sessions;
  readonly #models: ModelSession[] = [];
  readonly #tokens: string[] = [];
  #held: Held[] = [];
  #values = 0;
  #latest = this.#clock.now();

  constructor(isPersistent: boolean, isAsync: boolean) {
    const store = memoryStore({ clock: this.#clock });
    const options = { ...policy, clock: this.#clock, store, cookie: { name: 'sid', persistent: isPersistent } };
    this.#sessions = createSessions(options, isAsync ? {} : { digest: nodeDigest });
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'pass') this.#clock.advance(step.ms);
    else if (step.do === 'pass to') this.#passTo(step.border, step.offset);
    else if (step.do === 'glimpse') await this.#glimpse();
    else if (step.do === 'stranger') await this.#finish(await this.#open(undefined), 'read');
    else if (step.do === 'hold') this.#held.push(await this.#open(this.#pick(step.which)));
    else if (step.do === 'go on') {
      const held = this.#held[step.which % Math.max(this.#held.length, 1)];
      this.#held = this.#held.filter((other) => other !== held);
      if (held !== undefined) await this.#finish(held, step.act);
    } else await this.#finish(await this.#open(this.#pick(step.which)), step.do);
  }

  /** The time that counts: it never goes backwards (E4). */
  get #now(): number {
    this.#latest = Math.max(this.#latest, this.#clock.now());
    return this.#latest;
  }

  /** A token that some response has carried, the newest being the likeliest. */
  #pick(number: number): string | undefined {
    return this.#tokens[Math.max(0, this.#tokens.length - 1 - Math.max(0, number - 2))];
  }

  #passTo(border: 'expiry' | 'absolute' | 'touch', offset: number): void {
    const session = this.#models.at(-1);
    if (session === undefined) return;
    const { expiresAt, startedAt } = session;
    const times = {
      expiry: expiresAt,
      absolute: startedAt + policy.absoluteTimeout,
      touch: expiresAt - policy.idleTimeout + policy.touchEvery,
    };
    const ms = times[border] + offset - this.#clock.now();
    if (ms > 0) this.#clock.advance(ms);
  }

  async #glimpse(): Promise<void> {
    const before = this.#clock.now();
    this.#passTo('expiry', 0);
    await this.run({ do: 'stranger' });
    this.#clock.advance(before - this.#clock.now());
  }

  async #open(token: string | undefined): Promise<Held> {
    const cookie = token === undefined ? undefined : `sid=${token}`;
    const exchange = await this.#sessions.open({ cookie, https: true });
    const session = this.#models.find((other) => other.token === token && token !== undefined);
    // Every request sees the time, also one that opens nothing.
    void this.#now;
    const isLive = session !== undefined && this.#isLive(session);
    expect({ isNew: exchange.isNew, value: exchange.session.value }).toEqual({
      isNew: !isLive,
      value: isLive ? session.value : undefined,
    });
    if (isLive) expect(exchange.id).toBe(session.id);
    const { generation = 0, expiresAt = 0, writes = 0 } = session ?? {};
    return { exchange, session: isLive ? session : undefined, generation, seen: { expiresAt, writes } };
  }

  #isLive({ isEnded, expiresAt }: ModelSession): boolean {
    return !isEnded && expiresAt > this.#now;
  }

  async #finish(held: Held, act: string): Promise<void> {
    const { exchange, session, generation } = held;
    const mayWrite = session !== undefined && this.#isLive(session) && session.generation === generation;
    // Whoever holds a session that is over can do nothing but destroy it, and is told so.
    const isLost = session !== undefined && !mayWrite;
    const value = ++this.#values;
    const verb = {
      read: undefined,
      write: () => void Object.assign(exchange.session, { value }),
      ...verbsOf(exchange),
    }[act];
    const isVerb = act !== 'read' && act !== 'write' && act !== 'destroy';
    const promise = Promise.resolve(verb?.());
    if (isLost && isVerb && !(act === 'touch' && this.#isLive(session))) {
      await expect(promise).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
    } else await promise;

    const now = this.#now;
    if (act === 'destroy' && session !== undefined) session.isEnded = true;
    else if (act === 'touch' && isLost && this.#isLive(session)) this.#extend(session, now);
    else if (mayWrite) this.#change(session, held, act, value, now);
    await this.#commit(held, act, value);
  }

  #change(session: ModelSession, { seen }: Held, act: string, value: number, now: number): void {
    // A write that meets another learns what it has done, and a reload takes in everything.
    const knowsAll = act === 'reload' || ((act === 'write' || act === 'login') && session.writes !== seen.writes);
    const known = knowsAll ? session.expiresAt : seen.expiresAt;
    if (act === 'write' || act === 'login') session.writes += 1;
    if (act === 'write') session.value = value;
    if (act === 'regenerate') session.isEnded = true;
    if (act === 'login') {
      session.startedAt = now;
      session.generation += 1;
      session.token = undefined;
    }
    if (act === 'touch') this.#extend(session, now);
    else this.#extend(session, now, known);
  }

  /** Extends a session; if the request knows an expiry, only where that gains enough. */
  #extend(session: ModelSession, now: number, known = Number.NEGATIVE_INFINITY): void {
    const next = Math.min(now + policy.idleTimeout, session.startedAt + policy.absoluteTimeout);
    if (next - known >= policy.touchEvery) session.expiresAt = Math.max(session.expiresAt, next);
  }

  async #commit({ exchange, session, generation, seen }: Held, act: string, value: number): Promise<void> {
    const head = await exchange.commit();
    const now = this.#now;
    // A request that only reads extends a session even if somebody has logged in to it since.
    if (act === 'read' && session !== undefined && session.generation !== generation && this.#isLive(session))
      this.#extend(session, now, seen.expiresAt);
    const [, token = '', maxAge] = /^sid=([^;]*)(?:; Max-Age=(\d+))?/.exec(head?.setCookie ?? '') ?? [];
    if (token === '') return;
    const id = token.split('.')[0] ?? '';
    const known = this.#models.find((other) => other.id === id);
    const current = known ?? this.#begin(id, act, value, now);
    if (current.token !== token) this.#tokens.push(token);
    current.token = token;
    // E5: to the second, rounded up.
    if (maxAge !== undefined) expect(Number(maxAge)).toBe(Math.ceil((current.expiresAt - now) / 1000));
  }

  #begin(id: string, act: string, value: number, now: number): ModelSession {
    const session: ModelSession = {
      id,
      token: undefined,
      generation: 0,
      startedAt: now,
      expiresAt: now + policy.idleTimeout,
      writes: 0,
      value: act === 'write' ? value : undefined,
      isEnded: false,
    };
    this.#models.push(session);
    return session;
  }
}

function verbsOf({ session }: Exchange<UntypedData>): Record<string, (() => Promise<void>) | undefined> {
  return {
    touch: () => session.touch(),
    reload: () => session.reload(),
    login: () => session.login('ann'),
    regenerate: () => session.regenerate(),
    destroy: () => session.destroy(),
  };
}

describe('E1–E5, D1–D4: whatever happens one after another, sessions are as the model has them', () => {
  test.each([
    { isPersistent: false, isAsync: false },
    { isPersistent: true, isAsync: false },
    { isPersistent: true, isAsync: true },
  ])('%o', async ({ isPersistent, isAsync }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 30 }), async (steps) => {
        const sequence = new Sequence(isPersistent, isAsync);
        await sequence.run({ do: 'write', which: 0 });
        for (const step of steps) await sequence.run(step);
      }),
      { numRuns: scaleRuns(isAsync ? 200 : 1000) },
    );
  });
});
