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

const ordinary = { idleTimeout: 60_000, absoluteTimeout: 100_000, touchEvery: 6_000 };
const remember = { idleTimeout: 90_000, absoluteTimeout: 150_000, touchEvery: 9_000 };

type Act = 'read' | 'write' | 'touch' | 'login' | 'login, remembered' | 'regenerate' | 'destroy';

/** One thing that happens; what it happens to is chosen among what is there, modulo its number. */
type Step =
  | { readonly do: 'pass'; readonly ms: number }
  /** Time passes until a border of the session's life, or a little before or after it. */
  | { readonly do: 'pass to'; readonly border: 'expiry' | 'absolute' | 'touch'; readonly offset: number }
  | { readonly do: Act; readonly which: number }
  /** A request is opened, and goes on later. */
  | { readonly do: 'hold'; readonly which: number }
  | { readonly do: 'go on'; readonly which: number; readonly act: 'read' | 'write' | 'touch' | 'reload' | 'destroy' }
  /** A response goes on for a while after its head has left, and its handler then writes. */
  | { readonly do: 'stream'; readonly which: number; readonly ms: number }
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
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('touch', 'login', 'login', 'login, remembered', 'regenerate', 'destroy'),
      which,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('hold'), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('go on'),
      which,
      act: fc.constantFrom('read', 'write', 'touch', 'reload', 'destroy'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('stream'), which, ms: fc.constantFrom(3_000, 30_000, 59_999, 60_000) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'stranger' }) },
  { weight: 5, arbitrary: fc.constant({ do: 'glimpse' }) },
) as fc.Arbitrary<Step>;

/** What there is to know of a session's life. */
interface Life {
  readonly generation: number;
  readonly startedAt: number;
  readonly createdAt: number;
  readonly authenticatedAt: number | undefined;
  readonly isRemembered: boolean;
  /** When its record expires, which never comes to be earlier. */
  readonly recordEnd: number;
  /** How often its record has been written anew; a touch of the record does not count. */
  readonly writes: number;
}

/** A session as it has to be. */
interface ModelSession {
  readonly id: string;
  /** The only token that opens it. */
  token: string | undefined;
  life: Life;
  value: unknown;
  isEnded: boolean;
  /** When the browser forgets the cookie. */
  cookieEnd: number;
  /** Whether a request that knew nothing of a login since has extended the record, and not the cookie. */
  isAhead: boolean;
}

interface Held {
  readonly exchange: Exchange<UntypedData>;
  readonly session: ModelSession | undefined;
  /** What the request has seen: it may not know of what others have done since. */
  readonly seen: Life;
}

function policyOf({ isRemembered }: Life): typeof ordinary {
  return isRemembered ? remember : ordinary;
}

function endOf(life: Life): number {
  return Math.min(life.recordEnd, life.startedAt + policyOf(life).absoluteTimeout);
}

/** When a session ends that is active at `now`. */
function nextEnd(life: Life, now: number): number {
  const { idleTimeout, absoluteTimeout } = policyOf(life);
  return Math.min(now + idleTimeout, life.startedAt + absoluteTimeout);
}

/** Whether a request that knows this much has to extend the session. */
function isDue(life: Life, now: number): boolean {
  const gain = nextEnd(life, now) - endOf(life);
  return gain > 0 && gain >= policyOf(life).touchEvery;
}

/** The life of a session that is touched by a request which has `seen` it so. */
function touched(life: Life, seen: Life, now: number): Life {
  return { ...life, recordEnd: Math.max(life.recordEnd, nextEnd(seen, now)) };
}

/** The life of a session that is written to by a request which has `seen` it so; a write that meets another learns what that has done. */
function written(life: Life, seen: Life, now: number): Life {
  const known = life.writes === seen.writes ? seen : life;
  const extended = isDue(known, now) ? touched(life, known, now) : life;
  return { ...extended, writes: life.writes + 1 };
}

function loggedIn(life: Life, isRemembered: boolean, now: number): Life {
  return { ...life, generation: life.generation + 1, startedAt: now, authenticatedAt: now, isRemembered };
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
  readonly #isPersistent: boolean;

  constructor(isPersistent: boolean, isAsync: boolean) {
    this.#isPersistent = isPersistent;
    const store = memoryStore({ clock: this.#clock });
    const options = {
      ...ordinary,
      remember,
      clock: this.#clock,
      store,
      cookie: { name: 'sid', persistent: isPersistent },
    };
    this.#sessions = createSessions(options, isAsync ? {} : { digest: nodeDigest });
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'pass') await this.#pass(step.ms);
    else if (step.do === 'pass to') this.#passTo(step.border, step.offset);
    else if (step.do === 'glimpse') await this.#glimpse();
    else if (step.do === 'stream') await this.#stream(step.which, step.ms);
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

  async #pass(ms: number): Promise<void> {
    // What nobody has seen of the time has not been; the model and the core are to agree on what that is.
    if (ms < 0) await this.run({ do: 'stranger' });
    this.#clock.advance(ms);
  }

  #passTo(border: 'expiry' | 'absolute' | 'touch', offset: number): void {
    const life = this.#models.at(-1)?.life;
    if (life === undefined) return;
    const { idleTimeout, absoluteTimeout, touchEvery } = policyOf(life);
    const times = {
      expiry: endOf(life),
      absolute: life.startedAt + absoluteTimeout,
      touch: endOf(life) - idleTimeout + touchEvery,
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

  async #stream(which: number, ms: number): Promise<void> {
    const held = await this.#open(this.#pick(which));
    await this.#finish(held, 'read');
    const { session, exchange } = held;
    if (session === undefined) return;
    this.#clock.advance(ms);
    const value = ++this.#values;
    exchange.session.value = value;
    await exchange.finish();
    if (!this.#isLive(session)) return;
    session.value = value;
    const { life } = session;
    // A cookie that has its own lifetime can no longer follow.
    const isKept = this.#isPersistent || life.isRemembered;
    session.life = isKept ? { ...life, writes: life.writes + 1 } : written(life, life, this.#now);
  }

  async #open(token: string | undefined): Promise<Held> {
    const cookie = token === undefined ? undefined : `sid=${token}`;
    const exchange = await this.#sessions.open({ cookie, https: true });
    const session = this.#models.find((other) => other.token === token && token !== undefined);
    // Every request sees the time, even one that opens nothing.
    void this.#now;
    const isLive = session !== undefined && this.#isLive(session);
    expect({ isNew: exchange.isNew, value: exchange.session.value }).toEqual({
      isNew: !isLive,
      value: isLive ? session.value : undefined,
    });
    const seen = session?.life ?? newLife(this.#now, 'read');
    if (isLive) {
      const { id, isRemembered, createdAt, authenticatedAt, subject, expiresAt } = exchange.session;
      const end = isDue(seen, this.#now) ? nextEnd(seen, this.#now) : endOf(seen);
      expect({ id, isRemembered, createdAt, authenticatedAt, subject, expiresAt }).toEqual({
        id: session.id,
        isRemembered: seen.isRemembered,
        createdAt: seen.createdAt,
        authenticatedAt: seen.authenticatedAt,
        subject: seen.authenticatedAt === undefined ? undefined : 'ann',
        expiresAt: end,
      });
    }
    return { exchange, session: isLive ? session : undefined, seen };
  }

  #isLive({ isEnded, life }: ModelSession): boolean {
    return !isEnded && endOf(life) > this.#now;
  }

  /** Whether a touch finds the session that it has seen so. It looks no closer than it must: the envelope would tell of logins. */
  #canTouch(session: ModelSession, seen: Life): boolean {
    return !session.isEnded && (endOf(seen) > this.#now || this.#isLive(session));
  }

  async #finish(held: Held, act: string): Promise<void> {
    const { exchange, session, seen } = held;
    const mayWrite = session !== undefined && this.#isLive(session) && session.life.generation === seen.generation;
    // A request whose session is over can do nothing but destroy it, and is told so.
    const isLost = session !== undefined && !mayWrite;
    const value = ++this.#values;
    const verb = {
      read: undefined,
      write: () => void Object.assign(exchange.session, { value }),
      ...verbsOf(exchange),
    }[act];
    const isVerb = act !== 'read' && act !== 'write' && act !== 'destroy';
    const promise = Promise.resolve(verb?.());
    if (isLost && isVerb && !(act === 'touch' && this.#canTouch(session, seen))) {
      await expect(promise).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
    } else await promise;

    const now = this.#now;
    if (act === 'destroy' && session !== undefined) session.isEnded = true;
    else if (act === 'touch' && isLost && this.#canTouch(session, seen)) this.#touchUnknowing(session, seen, now);
    else if (mayWrite) this.#change(session, seen, act, value, now);
    await this.#commit(held, act, value);
  }

  /** A touch by a request that does not know of a login since: its cookie, an older one, is not sent. */
  #touchUnknowing(session: ModelSession, seen: Life, now: number): void {
    session.life = touched(session.life, seen, now);
    session.isAhead = true;
  }

  #change(session: ModelSession, seen: Life, act: string, value: number, now: number): void {
    const { life } = session;
    if (act === 'write') session.value = value;
    if (act === 'regenerate') session.isEnded = true;
    if (act === 'login' && life.isRemembered) {
      // It moves on to a record that does not outlive it.
      session.isEnded = true;
    } else if (act.startsWith('login')) {
      session.token = undefined;
      const isRemembered = act === 'login, remembered';
      session.life = written(loggedIn(life, isRemembered, now), loggedIn(seen, isRemembered, now), now);
    } else if (act === 'write') session.life = written(life, seen, now);
    else if (act === 'touch') session.life = touched(life, seen, now);
    else {
      // A reload takes in everything.
      const known = act === 'reload' ? life : seen;
      if (act !== 'regenerate' && isDue(known, now)) session.life = touched(life, known, now);
    }
  }

  async #commit({ exchange, session, seen }: Held, act: string, value: number): Promise<void> {
    const head = await exchange.commit();
    const now = this.#now;
    // A request that only reads extends a session even if somebody has logged in to it since, where a touch does not look at the envelope.
    if (act === 'read' && session !== undefined && session.life.generation !== seen.generation) {
      if (isDue(seen, now) && this.#canTouch(session, seen)) this.#touchUnknowing(session, seen, now);
    }
    this.#receive(head?.setCookie, session, act, value);
    // A request that knows of no login since has kept the cookie in step with the record (E2).
    if (session !== undefined && this.#isLive(session) && session.life.generation === seen.generation) {
      if (!session.isAhead) expect(session.cookieEnd).toBeGreaterThanOrEqual(endOf(session.life));
    }
  }

  #receive(setCookie: string | undefined, session: ModelSession | undefined, act: string, value: number): void {
    const now = this.#now;
    const [, token = '', maxAge] = /^sid=([^;]*)(?:; Max-Age=(\d+))?/.exec(setCookie ?? '') ?? [];
    if (token === '') return;
    const id = token.split('.')[0] ?? '';
    const known = this.#models.find((other) => other.id === id);
    const moved = act === 'login' ? session?.value : undefined;
    const current = known ?? this.#begin(id, act, act === 'write' ? value : moved, now);
    if (current.token !== token) this.#tokens.push(token);
    current.token = token;
    current.cookieEnd = maxAge === undefined ? Number.POSITIVE_INFINITY : now + Number(maxAge) * 1000;
    current.isAhead = false;
    // A remembered session's cookie outlives the window whatever the others' do.
    expect(maxAge !== undefined).toBe(this.#isPersistent || current.life.isRemembered);
    // E5: to the second, rounded up.
    if (maxAge !== undefined) expect(Number(maxAge)).toBe(Math.ceil((endOf(current.life) - now) / 1000));
  }

  #begin(id: string, act: string, value: unknown, now: number): ModelSession {
    const session: ModelSession = {
      id,
      token: undefined,
      life: newLife(now, act),
      value,
      isEnded: false,
      cookieEnd: 0,
      isAhead: false,
    };
    this.#models.push(session);
    return session;
  }
}

function newLife(now: number, act: string): Life {
  const authenticatedAt = act.startsWith('login') ? now : undefined;
  const isRemembered = act === 'login, remembered';
  const begun = {
    generation: 0,
    startedAt: now,
    createdAt: now,
    authenticatedAt,
    isRemembered,
    recordEnd: 0,
    writes: 0,
  };
  return { ...begun, recordEnd: nextEnd(begun, now) };
}

function verbsOf({ session }: Exchange<UntypedData>): Record<string, (() => Promise<void>) | undefined> {
  return {
    touch: () => session.touch(),
    reload: () => session.reload(),
    login: () => session.login('ann'),
    'login, remembered': () => session.login('ann', { remember: true }),
    regenerate: () => session.regenerate(),
    destroy: () => session.destroy(),
  };
}

/** An ordinary session, one that is remembered, and one that is so no more. */
const beginnings: readonly (readonly Act[])[] = [
  ['write'],
  ['write', 'login, remembered'],
  ['write', 'login, remembered', 'login'],
];

describe('E1–E5, D1–D4: whatever happens one after another, sessions are as the model has them', () => {
  test.each([
    { isPersistent: false, isAsync: false },
    { isPersistent: true, isAsync: false },
    { isPersistent: true, isAsync: true },
  ])('%o', async ({ isPersistent, isAsync }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...beginnings),
        fc.array(stepArbitrary, { maxLength: 30 }),
        async (acts, steps) => {
          const sequence = new Sequence(isPersistent, isAsync);
          for (const act of acts) await sequence.run({ do: act, which: 0 });
          for (const step of steps) await sequence.run(step);
        },
      ),
      { numRuns: scaleRuns(isAsync ? 200 : 2000) },
    );
  });
});
