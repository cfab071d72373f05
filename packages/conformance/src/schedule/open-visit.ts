import type { Exchange, UntypedData } from '@sess/core';
import type { Actor } from './actor.js';
import type { Deed } from './deed.js';
import { judgeLoaded, judgeOpened, judgeRefused, type Opening } from './judge.js';
import type { Process } from './process.js';
import type { Shown, VisitScript } from './script.js';
import type { TokenFact } from './session-facts.js';
import { codeOf, describeError, Visit } from './visit.js';
import type { Browser, World } from './world.js';

/** A `Cookie` header, and the token in it if it is one that some response has carried. */
interface ShownCookie {
  readonly cookie: string | undefined;
  readonly token: TokenFact | undefined;
}

/** Opens a request's session and judges what it was given; `undefined` if that failed, as it may when the store does. */
export async function openVisit(
  world: World,
  actor: Actor,
  process: Process,
  script: VisitScript,
  browser: Browser,
): Promise<Visit | undefined> {
  const shown = chooseCookie(world, script.shown, browser);
  const { token } = shown;
  const deed = world.begin(`opens with ${shown.cookie ?? 'no cookie'} at ${process.name}`, actor.name);
  const facts = token && world.sessions.get(token.sessionId);
  const wasExpired = token !== undefined && process.expired.has(token.sessionId);
  if (token !== undefined) {
    token.firstShown ??= { step: deed.begin, time: deed.beginTime };
    facts?.shown.push({ token, opening: deed });
    facts?.openedBy.add(process.name);
  }
  const exchange = await tryToOpen(world, actor, process, shown.cookie, deed);
  if (exchange === undefined) return undefined;
  const { begin, end = begin } = deed;
  const hasOutage = exchange.isNew && (actor.faults > 0 || actor.pending > 0);
  const known = exchange.isNew ? undefined : facts;
  const opened = { exchange, token, facts: known, begin, syncedAt: end, hasOutage };
  const visit = new Visit(world, actor, process, script, opened);
  if (token === undefined || facts === undefined) judgeStranger(visit, shown);
  else judgeOpening(visit, { who: actor.name, token, facts, begin, end }, wasExpired);
  return visit;
}

async function tryToOpen(
  world: World,
  actor: Actor,
  process: Process,
  cookie: string | undefined,
  deed: Deed,
): Promise<Exchange<UntypedData> | undefined> {
  const { chronicle } = world;
  try {
    const exchange = await process.sessions.open({ cookie, https: true });
    world.finish(deed, true);
    chronicle.note(actor.name, `has ${exchange.isNew ? 'a new session' : exchange.id}`);
    return exchange;
  } catch (error) {
    world.finish(deed, false);
    const isOutage = ['ERR_SESS_STORE', 'ERR_SESS_STORE_TIMEOUT'].includes(codeOf(error));
    chronicle.note(actor.name, 'open fails:', codeOf(error));
    if (!isOutage) chronicle.report('C2', 'open fails only if the store does', describeError(error));
    return undefined;
  }
}

function judgeOpening(visit: Visit, opening: Opening, wasExpired: boolean): void {
  const { world, exchange, hasOutage } = visit;
  if (!exchange.isNew) {
    judgeOpened(world, opening, wasExpired);
    judgeLoaded(visit, opening);
  } else if (!hasOutage) judgeRefused(world, opening);
  else if (world.plan.options.onStoreError !== 'anonymous')
    world.chronicle.report('C2', 'a request fails if its session cannot be read', `${visit.name} got a new session`);
}

function judgeStranger({ world, exchange }: Visit, { cookie }: ShownCookie): void {
  if (!exchange.isNew) world.chronicle.report('S2', `${cookie} is adopted by nobody`, `it opened ${exchange.id}`);
}

function chooseCookie(world: World, shown: Shown, browser: Browser): ShownCookie {
  const random = `${world.nextValue()}`.padStart(32, '0');
  const known = world.tokens[(shown.show === 'known' ? shown.which : 0) % Math.max(world.tokens.length, 1)];
  let value: string | undefined;
  if (shown.show === 'own') value = browser.token;
  if (shown.show === 'known') value = known?.text;
  if (shown.show === 'made up') value = `${random.slice(0, 20)}.${random}`;
  if (shown.show === 'wrong secret' && known !== undefined) value = `${known.sessionId}.${random}`;
  return {
    cookie: value === undefined ? undefined : `sid=${value}`,
    token: world.tokens.find(({ text }) => text === value),
  };
}
