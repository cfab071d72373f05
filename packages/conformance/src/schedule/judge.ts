import type { Invariant } from '../invariants.js';
import { type Deed, isDoneBefore } from './deed.js';
import { snapshot } from './handler-changes.js';
import type { SessionFacts, TokenFact } from './session-facts.js';
import type { Visit } from './visit.js';
import type { World } from './world.js';

/** What a request showed and when it was opened. */
export interface Opening {
  readonly who: string;
  readonly token: TokenFact;
  readonly facts: SessionFacts;
  readonly begin: number;
  readonly end: number;
}

const endingInvariants: readonly (readonly [RegExp, Invariant])[] = [
  [/^revokeAll/, 'D5'],
  [/^(regenerate|login)/, 'D4'],
];

/** Judges a request that the session was opened for. */
export function judgeOpened(world: World, opening: Opening, wasExpired: boolean): void {
  const { token, facts, begin } = opening;
  const { chronicle } = world;
  const { now, high } = chronicle;
  const got = `${token.text} opened it for ${opening.who}`;

  const ending = facts.endedBefore(begin);
  if (ending !== undefined)
    chronicle.report(invariantOf(ending), `${facts.id} is never opened after ${told(ending)}`, got);
  const login = facts.voidedBy(token, begin);
  if (login !== undefined) chronicle.report('D4', `${token.text} opens nothing after ${told(login)}`, got);
  const newer = facts.replacementOf(token, begin, now);
  if (newer !== undefined) {
    chronicle.report('D4', `${token.text} opens nothing, since ${newer.text} was used and the grace is over`, got);
  }
  if (facts.poisoned !== undefined && facts.poisoned.begin < begin)
    chronicle.report('S5', 'a foreign record opens nothing', got);
  if (wasExpired && !world.haveClocksDiffered(facts))
    chronicle.report('E4', `${facts.id}, which was found expired, is never opened again`, got);
  const { idle, absolute } = facts.latestExpiry(high);
  if (now >= absolute)
    chronicle.report('E3', `${facts.id} is over: no login is young enough for its absolute timeout`, got);
  if (now >= idle) chronicle.report('E1', `${facts.id} is over: its last use is longer ago than its idle timeout`, got);
}

/** Judges a request that was refused a session though it showed one of its tokens. */
export function judgeRefused(world: World, { who, token, facts, begin, end }: Opening): void {
  const { chronicle } = world;
  const { high } = chronicle;
  const hasReason =
    facts.mayHaveEnded(end, high, who) ||
    facts.mayBeSupersededFor({ who: token.issuer, since: token.begin }, end) ||
    world.mayBeExpired(facts, begin) ||
    facts.mayBeRotatedAway(token, end, high) ||
    facts.poisoned !== undefined ||
    world.mayBeEvicted(facts);
  if (!hasReason) chronicle.report('E2', `${token.text} opens ${facts.id}: nothing has ended it`, `${who} was refused`);
}

/** Judges data that was read between two steps. */
export function judgeData(
  visit: Visit,
  facts: SessionFacts,
  data: Readonly<Record<string, unknown>>,
  span: { readonly begin: number; readonly end: number },
): void {
  const problem = facts.data.judge(data, span);
  if (problem === undefined) return;
  visit.world.chronicle.report(problem.invariant, problem.expected, `${visit.name} reads ${problem.got}`);
}

/** Judges what a visit was given when it was opened with a session. */
export function judgeLoaded(visit: Visit, opening: Opening): void {
  const { world, exchange } = visit;
  const { facts, token, begin } = opening;
  if (exchange.id !== facts.id)
    world.chronicle.report('S2', `${token.text} opens ${facts.id} or nothing`, `it opened ${exchange.id}`);
  const subject = facts.subjectAt(begin);
  if (subject !== undefined && exchange.subject !== subject)
    world.chronicle.report('L1', `${facts.id} belongs to ${subject}`, `it belongs to ${exchange.subject}`);
  if (visit.script.looks) judgeData(visit, facts, snapshot(visit), opening);
}

/**
 * Judges the token that a response carries, by what was done before the commit, which looks at the store anew before it sends a token that
 * others may have replaced. A token that nobody else can have yet is sent without a look.
 */
export function judgeToken(visit: Visit, commit: Deed, text: string): void {
  const { world, facts, actor } = visit;
  const { chronicle } = world;
  const lastCall = Math.max(actor.lastCalls.get(facts?.id ?? '') ?? 0, visit.owesToken ? 0 : commit.begin);
  const got = `the response of ${visit.name} carries ${text}`;
  const ending = facts?.endedBefore(lastCall);
  if (ending !== undefined) chronicle.report('D1', `no token of ${facts?.id} is sent after ${told(ending)}`, got);
  const logins = facts?.logins.filter(({ who, begin }) => who !== visit.name && begin > visit.begin) ?? [];
  const login = logins.find((other) => isDoneBefore(other, lastCall));
  if (login !== undefined) chronicle.report('D4', `no older token is sent after ${told(login)}`, got);
  const newer = facts?.newerToken(text, lastCall);
  // In the browser it would take the place of the newer one, and end the session as reused once that one has been shown.
  if (newer !== undefined && newer.issuer !== visit.name)
    chronicle.report('E2', `no older token is sent after ${newer.text}, which ${newer.issuer} has been given`, got);
  if (facts === undefined || !text.startsWith(`${facts.id}.`))
    chronicle.report('S2', `the token is one of ${facts?.id ?? 'no session'}`, got);
}

/** Judges whether the cookie of a response outlives the browser's window, where all logins to its session are known to the request. */
export function judgePersistence({ world, facts, name, begin }: Visit, isPersistent: boolean): void {
  const isKnown = facts?.logins.every((login) => login.who === name || isDoneBefore(login, begin));
  if (facts?.isRemembered === undefined || !isKnown) return;
  const expected = facts.isRemembered || world.plan.options.cookie?.persistent === true;
  if (isPersistent === expected) return;
  const got = `the response of ${name} carries a cookie ${isPersistent ? 'with' : 'without'} Max-Age`;
  world.chronicle.report('E2', `a cookie ${expected ? 'with' : 'without'} Max-Age, as the last login has chosen`, got);
}

function invariantOf(ending: Deed): Invariant {
  return endingInvariants.find(([pattern]) => pattern.test(ending.what))?.[1] ?? 'D1';
}

function told({ what, who, end }: Deed): string {
  return `${what} of ${who} (acknowledged at step ${end})`;
}
