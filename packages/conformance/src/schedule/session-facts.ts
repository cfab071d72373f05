import type { DataFacts } from './data-facts.js';
import { type Deed, isDoneBefore } from './deed.js';
import type { LifePolicy, TimePolicy } from './time-policy.js';

/** A token that a response carried, and what it is known to have been used for. */
export interface TokenFact {
  readonly text: string;
  readonly sessionId: string;
  /** The request whose response carried it. */
  readonly issuer: string;
  /** The step at which the request that issued it began: it is not older. */
  readonly begin: number;
  /** The step at which the response was ready: it is not younger. */
  readonly end: number;
  /** The step and the latest time at which a request first showed it. */
  firstShown: { readonly step: number; readonly time: number } | undefined;
  /** The step and the latest time at which a request that had shown it was first committed. */
  confirmed: { readonly step: number; readonly time: number } | undefined;
}

/** A login, which makes the session a subject's and voids every older token. */
export interface Login extends Deed {
  readonly subject: string;
  /** Whether it has asked that the session be remembered. */
  readonly isRemembered: boolean;
}

/** What ends a session of which an old token is shown. */
export const endedByReuse = 'ended by reuse';

/** How many newer secrets a session remembers, at least; with that many, a token may be unknown. */
const rememberedSecrets = 3;

/** All that is known from outside about one session. */
export class SessionFacts {
  readonly id: string;
  readonly creation: Deed;
  readonly data: DataFacts;
  readonly tokens: TokenFact[] = [];
  /** What ended it, or may have. */
  readonly endings: Deed[] = [];
  readonly logins: Login[] = [];
  readonly rotations: Deed[] = [];
  /** Everything that may have extended its life. */
  readonly uses: Deed[] = [];
  /** The steps at which, and the times (epoch ms) as of which, requests were committed that are known to have kept it alive. */
  readonly activity: { readonly step: number; readonly time: number }[] = [];
  /** The processes that have opened it. */
  readonly openedBy = new Set<string>();
  /** Which of its tokens were shown, by requests that were opened then. */
  readonly shown: { readonly token: TokenFact; readonly opening: Deed }[] = [];
  /** The steps between which its record was overwritten with something foreign. */
  poisoned: Deed | undefined;
  readonly #policy: TimePolicy;

  constructor(id: string, creation: Deed, data: DataFacts, policy: TimePolicy) {
    this.id = id;
    this.#policy = policy;
    this.creation = creation;
    this.data = data;
    this.uses.push(creation);
    this.activity.push({ step: 0, time: creation.beginTime });
  }

  /** What had surely ended the session before `step`. */
  endedBefore(step: number): Deed | undefined {
    return this.endings.find((ending) => isDoneBefore(ending, step));
  }

  /**
   * Whether anything that ends the session had begun before `step`, the clock showing up to `time`: anything except `who` itself having
   * shown an old token.
   */
  mayHaveEnded(step: number, time: number, who?: string): boolean {
    const wasReused = ({ token, opening }: (typeof this.shown)[number]) =>
      opening.begin < step &&
      opening.who !== who &&
      this.#isReplaced(token, Math.min(step, opening.end ?? step), opening.endHigh ?? time);
    const isOthers = (ending: Deed) => ending.who !== who || ending.what !== endedByReuse;
    return this.endings.some((ending) => ending.begin < step && isOthers(ending)) || this.shown.some(wasReused);
  }

  /**
   * Whether a login by another request than `who`, which began at `since`, had begun before `step` and was not done before that: all other
   * writes and tokens are void once it takes effect.
   */
  mayBeSupersededFor({ who, since }: { readonly who: string; readonly since: number }, step: number): boolean {
    return this.logins.some((login) => login.who !== who && login.begin < step && !isDoneBefore(login, since));
  }

  /** The login that surely voided this token before `step`. */
  voidedBy(token: TokenFact, step: number): Login | undefined {
    return this.logins.find(
      (login) => login.who !== token.issuer && login.end !== undefined && login.end < step && token.begin < login.end,
    );
  }

  /** The subject that the session surely belongs to at `step`, if any. */
  subjectAt(step: number): string | undefined {
    return this.logins.find((login) => isDoneBefore(login, step))?.subject;
  }

  /** Whether a clock that shows up to `time` may find the session expired (E2), for all that was done to it before `step`. */
  mayBeExpired(time: number, step = Number.POSITIVE_INFINITY): boolean {
    const lastSeen = Math.max(...this.activity.filter((sign) => sign.step < step).map((sign) => sign.time));
    return this.#periods.some(({ earliest, policy: { idleTimeout, absoluteTimeout, touchEvery } }) => {
      const idleEnd = lastSeen + idleTimeout - Math.max(touchEvery - 1, 0);
      return time >= Math.min(idleEnd, earliest + absoluteTimeout);
    });
  }

  /** Whether the session is remembered, going by the logins that may have been last; `undefined` if they disagree. */
  get isRemembered(): boolean | undefined {
    const policies = new Set(this.#periods.map(({ policy }) => policy));
    return policies.size === 1 ? policies.has(this.#policy.remember) : undefined;
  }

  /** The time from which every clock must find the session expired: by inactivity (E1) and by its age (E3). `high` is the latest time so far. */
  latestExpiry(high: number): { readonly idle: number; readonly absolute: number } {
    const timeOf = ({ endHigh }: Deed) => endHigh ?? high;
    const lastUse = Math.max(...this.uses.map(timeOf));
    return {
      idle: lastUse + Math.max(...this.#periods.map(({ policy }) => policy.idleTimeout)),
      absolute: Math.max(...this.#periods.map(({ start, policy }) => timeOf(start) + policy.absoluteTimeout)),
    };
  }

  /** Whether nothing of the session may be left in the store; `mayFail`: the store may have failed to remove a record. */
  mustBeRemoved(mayFail: boolean): boolean {
    // A login and a regenerate that go on with another session end this one in two steps, and succeed although the second, its removal, fails.
    const isRemoval = ({ what }: Deed) => !/^(login|regenerate)\(/.test(what);
    const hasEnded = this.endings.length > 0 && this.endings.every(({ end }) => end !== undefined);
    return hasEnded && (!mayFail || this.endings.some(isRemoval));
  }

  /** Whether a rotation may have made the token useless by `step`, the clock showing up to `time`. */
  mayBeRotatedAway(token: TokenFact, step: number, time: number): boolean {
    return this.#isReplaced(token, step, time) || this.#mayBeForgotten(token, step);
  }

  /** The newer token whose use must have made this one useless by `step`, when the clock shows at least `time`. */
  replacementOf(token: TokenFact, step: number, time: number): TokenFact | undefined {
    const isUsed = ({ confirmed }: TokenFact) =>
      confirmed !== undefined && confirmed.step < step && time >= confirmed.time + this.#policy.rotateGrace;
    return this.tokens.find((newer) => newer.begin > token.end && isUsed(newer) && !this.#mayBeForgotten(newer, step));
  }

  /** A token that was surely made after the one with this text, and sent before `step`. */
  newerToken(text: string, step: number): TokenFact | undefined {
    const known = this.tokens.find((token) => token.text === text);
    return known && this.tokens.find(({ begin, end }) => begin > known.end && end < step);
  }

  /** What may have begun the session's absolute period, and the limits then in force: the last login, or its creation. */
  get #periods(): readonly { readonly start: Deed; readonly earliest: number; readonly policy: LifePolicy }[] {
    const { logins } = this;
    const isOutdone = (login: Login) =>
      logins.some(({ begin, end }) => end !== undefined && isDoneBefore(login, begin));
    const last = logins.filter((login) => !isOutdone(login));
    const isSure = last.some(({ end }) => end !== undefined);
    const begun = last.map((login) => toPeriod(login, login.isRemembered ? this.#policy.remember : this.#policy));
    return isSure ? begun : [...begun, toPeriod(this.creation, this.#policy)];
  }

  /** Whether there may have been so many rotations since that the token is not remembered. */
  #mayBeForgotten(token: TokenFact, step: number): boolean {
    // The issuer sent the last token it knew of; a rotation that failed silently may be newer.
    const isLater = ({ begin, end, who }: Deed) =>
      begin < step && (end === undefined || (who !== token.issuer && end >= token.begin));
    const later = this.rotations.filter(isLater);
    // The one that a rotating request has shown is never the one to be forgotten.
    const hasShown = ({ who }: Deed) => this.shown.some((other) => other.opening.who === who && other.token === token);
    return later.length >= rememberedSecrets && !later.every(hasShown);
  }

  /** Whether a token that may be newer had been shown before `step`, the grace being over at `time`. */
  #isReplaced(token: TokenFact, step: number, time: number): boolean {
    return this.tokens.some(
      ({ text, end, firstShown }) =>
        text !== token.text &&
        end >= token.begin &&
        firstShown !== undefined &&
        firstShown.step < step &&
        time >= firstShown.time + this.#policy.rotateGrace,
    );
  }
}

function toPeriod(start: Deed, policy: LifePolicy) {
  return { start, earliest: start.beginTime, policy };
}
