import type { HeadAdditions } from '@sess/core';
import { createActor, currentActor } from './actor.js';
import { readSetCookie } from './cookie-reader.js';
import type { Deed } from './deed.js';
import { snapshot } from './handler-changes.js';
import { judgePersistence, judgeToken } from './judge.js';
import { openVisit } from './open-visit.js';
import type { Step, VisitScript } from './script.js';
import { endedByReuse, type TokenFact } from './session-facts.js';
import { noteRotation, performStep } from './steps.js';
import type { Visit } from './visit.js';
import type { Browser, World } from './world.js';

/** Carries out a request, from its cookie to its response, and judges everything that can be seen of it. */
export async function runVisit(world: World, name: string, script: VisitScript, browser: Browser): Promise<void> {
  const process = world.processes[script.process % world.processes.length];
  if (process === undefined) return;
  const actor = createActor(name);
  world.pending.add(actor);
  const run = async () => {
    const visit = await openVisit(world, actor, process, script, browser);
    if (visit !== undefined) await handle(visit, browser);
    actor.isDone = !process.isDead;
  };
  await Promise.race([currentActor.run(actor, run), process.crashed]);
  world.pending.delete(actor);
}

async function handle(visit: Visit, browser: Browser): Promise<void> {
  const { world, process, script } = visit;
  for (const step of script.steps) {
    await world.turn();
    if (process.isDead) return;
    if (mayDo(visit, step)) await performStep(visit, step);
  }
  if (script.end === 'aborted') return abort(visit);
  await world.turn();
  if (process.isDead) return;
  if (script.end === 'left') return storeLate(visit);
  const additions = await commit(visit);
  judgeWrites(visit);
  if (additions !== 'failed' && script.end === 'answered') {
    await world.turn();
    deliver(visit, additions, browser);
  }
  if (additions !== 'failed') await finish(visit);
}

function mayDo(visit: Visit, step: Step): boolean {
  if (visit.hasOutage) return step.do === 'set' || step.do === 'increment';
  // A logout is intended, whatever has happened to the session.
  return !visit.isDone || (step.do === 'destroy' && !visit.hasDestroyed);
}

/** Nobody waits for the handler any more: what it has begun goes on, and nothing else does. */
async function abort(visit: Visit): Promise<void> {
  if (visit.script.steps.length > 0) visit.world.mayLeaveRecords = true;
  visit.world.chronicle.note(visit.name, 'is aborted');
  await Promise.all(visit.later);
}

/** The client has gone: what the handler has done to a session that is known is stored, and nobody can be sent anything. */
async function storeLate(visit: Visit): Promise<void> {
  const deed = visit.use('storeLate');
  const act = async () => await visit.exchange.storeLate();
  const outcome = await visit.write(deed, act, { verbs: 1 + visit.verbs });
  if (outcome === 'done') confirmEnd(visit, deed);
  judgeWrites(visit);
}

async function commit(visit: Visit): Promise<HeadAdditions | undefined | 'failed'> {
  const { world, exchange } = visit;
  const deed = visit.use('commit');
  noteRotation(visit, deed);
  let additions: HeadAdditions | undefined;
  const hadFacts = visit.facts;
  const act = async () => {
    additions = await exchange.commit();
  };
  // It waits for what was begun before, and may have to end the session itself.
  const outcome = await visit.write(deed, act, { verbs: 1 + visit.verbs });
  if (outcome === 'failed') return 'failed';
  world.chronicle.note(visit.name, 'commit: done', additions?.setCookie ?? 'no cookie');
  if (outcome === 'done') {
    if (visit.hasOutage && visit.changes.length > 0)
      world.chronicle.report('C1', `${visit.name} fails: what it has changed cannot be stored`, 'it succeeded');
    confirmEnd(visit, deed);
    if (hadFacts !== undefined && visit.facts === hadFacts && !visit.hasDestroyed) noteActivity(visit, deed);
    if (visit.facts === undefined) judgeUnstored(visit);
  }
  await judgeCookie(visit, deed, additions);
  return additions;
}

/** A response that leaves has ended what its handler had decided to end. */
function confirmEnd({ hasDestroyed, facts, name }: Visit, { end }: Deed): void {
  if (!hasDestroyed) return;
  for (const ending of facts?.endings ?? []) if (ending.who === name && ending.what === 'destroy()') ending.end ??= end;
}

function judgeUnstored(visit: Visit): void {
  if (visit.hasDestroyed || visit.hasOutage || !visit.script.looks) return;
  const data = snapshot(visit);
  if (Object.keys(data).length > 0)
    visit.world.chronicle.report('C1', `the data of ${visit.name} are stored: ${JSON.stringify(data)}`, 'no record');
}

function noteActivity(visit: Visit, deed: Deed): void {
  const { facts, world, name } = visit;
  const { step, high } = world.chronicle;
  // What was read before a login knows nothing of the period that it began, and nothing revives what has expired.
  if (
    facts !== undefined &&
    !facts.mayBeSupersededFor({ who: name, since: visit.begin }, step) &&
    !facts.mayBeExpired(high)
  )
    facts.activity.push({ step: deed.end ?? step, time: deed.beginTime });
  const { token } = visit;
  if (visit.hasRotated || deed.end === undefined) return;
  if (token !== undefined && token.sessionId === visit.facts?.id)
    token.confirmed ??= { step: deed.end, time: deed.endHigh ?? visit.world.chronicle.high };
}

async function judgeCookie(visit: Visit, deed: Deed, additions: HeadAdditions | undefined): Promise<void> {
  const { world, facts } = visit;
  const { chronicle } = world;
  const change = additions?.setCookie === undefined ? undefined : readSetCookie(additions.setCookie);
  if (visit.hasDestroyed) {
    if (change?.token !== undefined)
      chronicle.report('D1', `the logout of ${visit.name} sends no token`, additions?.setCookie ?? '');
    const hadCookie = visit.token !== undefined;
    if (hadCookie && (change === undefined || change.token !== undefined))
      chronicle.report('D1', `the logout of ${visit.name} removes the cookie`, additions?.setCookie ?? 'no cookie');
    return;
  }
  if (change !== undefined && visit.isOver)
    chronicle.report('E2', 'a request that lost its session leaves the cookie alone', additions?.setCookie ?? '');
  if (change !== undefined && change.token === undefined)
    chronicle.report('E2', 'a cookie is removed only by a logout: it might be a newer one', additions?.setCookie ?? '');
  if (change?.token === undefined) {
    if (visit.mustSendToken)
      chronicle.report('C1', `the response of ${visit.name} carries the token of ${facts?.id}`, 'no cookie');
    return;
  }
  judgeToken(visit, deed, change.token);
  judgePersistence(visit, change.maxAge !== undefined);
  noteToken(visit, deed, change.token);
  if (change.maxAge !== undefined && facts !== undefined) await world.checkCookieAge(facts.id, change.maxAge);
}

function noteToken(visit: Visit, deed: Deed, text: string): void {
  const { world, facts } = visit;
  if (facts === undefined || world.tokens.some((known) => known.text === text)) return;
  const fact: TokenFact = {
    text,
    sessionId: facts.id,
    issuer: visit.name,
    begin: visit.begin,
    end: deed.end ?? world.chronicle.step,
    firstShown: undefined,
    confirmed: undefined,
  };
  facts.tokens.push(fact);
  world.tokens.push(fact);
  const session = [...world.sessions.keys()].indexOf(facts.id) + 1;
  world.chronicle.name(text, `S${session}.token${facts.tokens.length}`);
}

function deliver(visit: Visit, additions: HeadAdditions | undefined, browser: Browser): void {
  if (additions?.setCookie === undefined) return;
  browser.token = readSetCookie(additions.setCookie).token;
  visit.world.chronicle.note(visit.name, 'the browser now has', browser.token ?? 'no cookie');
}

/** A request that found no session and did nothing has not written anything (S3). */
function judgeWrites(visit: Visit): void {
  const { world, actor, script, exchange } = visit;
  const isIdle = script.steps.every((step) => step.do === 'pause') && exchange.isNew;
  // Only a secret that was replaced long ago makes it write: the session ends, unless the store fails at that.
  const facts = world.sessions.get(visit.token?.sessionId ?? '');
  const hasReused = facts?.endings.some(({ what, who }) => what === endedByReuse && who === visit.name) === true;
  if (isIdle && actor.writes > 0 && !hasReused && actor.faults === 0)
    world.chronicle.report(
      'S3',
      `${visit.name}, which has no session, writes nothing`,
      `${actor.writes} writing calls`,
    );
}

async function finish(visit: Visit): Promise<void> {
  const { world, process, script, exchange } = visit;
  if (script.afterHead.length === 0) return;
  for (const step of script.afterHead) {
    await world.turn();
    if (process.isDead) return;
    if (mayDo(visit, step)) await performStep(visit, step);
  }
  const deed = visit.use('finish');
  const outcome = await visit.write(deed, async () => await exchange.finish(), { verbs: 1 + visit.verbs });
  if (outcome === 'done') confirmEnd(visit, deed);
}
