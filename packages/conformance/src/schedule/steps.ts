import { hasUnheard } from './actor.js';
import { DataFacts } from './data-facts.js';
import type { Deed } from './deed.js';
import { changeData, snapshot } from './handler-changes.js';
import { judgeData } from './judge.js';
import type { Step } from './script.js';
import type { Login, SessionFacts } from './session-facts.js';
import type { Visit } from './visit.js';

/** Carries out one step of a handler. What it waits for is settled when this resolves. */
export async function performStep(visit: Visit, step: Step): Promise<void> {
  switch (step.do) {
    case 'pause':
      return;
    case 'save':
      return save(visit, step.isAwaited);
    case 'reload':
      return reload(visit);
    case 'touch':
      return touch(visit, step.isAwaited);
    case 'rotate':
      return rotate(visit);
    case 'login':
      return login(visit, step);
    case 'regenerate':
      return regenerate(visit, step.keep);
    case 'destroy':
      return destroy(visit, step.isAwaited);
    case 'regenerate, destroy':
      return regenerateAndDestroy(visit, step.keep);
    default:
      if (!visit.exchange.isEnded) changeData(visit, step);
  }
}

async function save(visit: Visit, isAwaited: boolean): Promise<void> {
  const { session } = visit.exchange;
  const deed = visit.use('save()');
  noteRotation(visit, deed);
  if (isAwaited) await visit.write(deed, async () => await session.save());
  else visit.later.push(visit.write(deed, () => session.save()).then(() => {}));
}

/** Any write may also rotate, if that is due. */
export function noteRotation({ world, facts }: Visit, deed: Deed): void {
  // Without `rotateEvery` too, a commit hands out another secret in place of one whose response may have been lost.
  if (world.plan.options.rotateEvery !== undefined || (facts?.rotations.length ?? 0) > 0) facts?.rotations.push(deed);
}

async function reload(visit: Visit): Promise<void> {
  await Promise.all(visit.later);
  if (visit.isDone) return;
  const { facts } = visit;
  const deed = visit.world.begin('reload()', visit.name);
  const error = await attempt(async () => await visit.exchange.session.reload());
  if (error !== undefined) return visit.fail(deed, error);
  visit.world.finish(deed, true);
  visit.changes = [];
  visit.ownValues.clear();
  if (visit.facts === undefined) visit.data = new DataFacts({});
  visit.syncedAt = deed.end ?? visit.syncedAt;
  if (facts !== undefined && deed.end !== undefined)
    judgeData(visit, facts, snapshot(visit), { begin: deed.begin, end: deed.end });
}

async function touch(visit: Visit, isAwaited: boolean): Promise<void> {
  const deed = visit.use('touch()');
  const { verbs } = visit;
  const promise = visit.exchange.session.touch();
  const follow = async (attempted: Promise<unknown>) => {
    const error = await attempted;
    if (error === undefined) visit.world.finish(deed, true, verbs);
    else visit.fail(deed, error, verbs);
  };
  if (isAwaited) await follow(attempt(async () => await promise));
  else visit.later.push(follow(attemptUnseen(promise)));
}

async function rotate(visit: Visit): Promise<void> {
  const { facts } = visit;
  const deed = visit.use('rotate()');
  visit.hasRotated = true;
  facts?.rotations.push(deed);
  const outcome = await visit.write(deed, async () => await visit.exchange.session.rotate());
  if (facts === undefined) visit.facts?.rotations.push(deed);
  if (outcome === 'done') visit.owesRotated = true;
}

async function login(visit: Visit, { subject, isRemembered }: Extract<Step, { do: 'login' }>): Promise<void> {
  const { world, exchange, facts } = visit;
  world.loginAttempts.set(subject, (world.loginAttempts.get(subject) ?? 0) + 1);
  const what = `login(${subject}${isRemembered ? ', remember' : ''})`;
  const deed: Login = Object.assign(visit.use(what), { subject, isRemembered });
  const isHandedOver = facts !== undefined && (exchange.subject ?? subject) !== subject;
  // No store would shorten its life, so it goes on in another record.
  const isMoved = facts !== undefined && !isHandedOver && exchange.session.isRemembered && !isRemembered;
  if (isHandedOver || isMoved) facts.endings.push(deed);
  else if (facts === undefined) visit.early.logins.push(deed);
  else visit.noteLogin(facts, deed);

  // What the handler has changed moves on to another session; the old one ends without it.
  const options = isRemembered ? { remember: true } : {};
  const act = async () => await exchange.session.login(subject, options);
  const outcome = await visit.write(deed, act, { carries: !isHandedOver });
  if (isHandedOver && outcome === 'done') {
    judgeCarried(visit, deed, [...visit.ownKeys]);
    judgeTaken(visit, deed, facts);
  }
  if (hasMoved(visit)) {
    moveOn(visit, deed, isMoved);
    if (visit.facts !== undefined) visit.noteLogin(visit.facts, deed);
  }
  if (outcome === 'done') {
    visit.owesToken = true;
    visit.hasRotated = true;
    await world.checkLimit(subject);
  } else if (world.plan.options.maxPerSubject !== undefined || hasUnheard(visit.actor, ['update'])) {
    // The limit may have cost it its place, under whatever id it has now; or the login may count, of which no answer came.
    visit.facts?.endings.push({ ...deed, what: `failed ${deed.what}`, end: undefined });
  }
}

async function regenerate(visit: Visit, keep: readonly string[]): Promise<void> {
  const { world, exchange, facts } = visit;
  const deed = visit.use(`regenerate(${keep.join()})`);
  (facts ?? visit.early).endings.push(deed);
  const before = snapshot(visit, keep);
  const isAlone = visit.pendingWrites === 0;
  visit.ownValues.clear();
  const error = await attempt(async () => await exchange.session.regenerate({ keep }));
  if (error === undefined) {
    world.finish(deed, true, visit.verbs);
    judgeCarried(visit, deed, keep);
    // A write under way shows what others have written, before the data is taken along.
    if (isAlone) judgeKept(visit, deed, before);
  } else visit.fail(deed, error);
  if (hasMoved(visit)) moveOn(visit, deed);
  else if (error === undefined) visit.startOver(snapshot(visit));
}

/** Judges which data of a session that has ended go along to another: nothing of others' comes back under a new id (D2). */
function judgeCarried(visit: Visit, { what }: Deed, keys: readonly string[]): void {
  const foreign = Object.keys(snapshot(visit)).filter((key) => !keys.includes(key));
  if (foreign.length === 0) return;
  const expected = `${what} of ${visit.name} takes along ${keys.join(', ') || 'nothing'} at most`;
  visit.world.chronicle.report('D2', expected, `${foreign.join(', ')} went along`);
}

/** Judges that what a request has set goes along to the session of somebody else, where nobody else has changed it (L1). */
function judgeTaken(visit: Visit, { what }: Deed, facts: SessionFacts): void {
  const taken = snapshot(visit);
  const isOthers = (key: string) =>
    facts.data.changes.some((change) => change.key === key && change.who !== visit.name);
  const missing = [...visit.ownValues].filter((key) => taken[key] === undefined && !isOthers(key));
  if (missing.length === 0) return;
  visit.world.chronicle.report('L1', `${what} takes along what ${visit.name} has set`, `${missing.join(', ')} is lost`);
}

/** Judges that the data which were to go along do. */
function judgeKept(visit: Visit, { what }: Deed, before: Readonly<Record<string, unknown>>): void {
  const [kept, wanted] = [snapshot(visit), before].map((data) => JSON.stringify(Object.entries(data).sort()));
  if (kept === wanted) return;
  visit.world.chronicle.report('L1', `${what} of ${visit.name} takes along ${wanted}`, `there is ${kept}`);
}

/** Whether the visit has a session other than the known one, which a write under way may just have stored. */
function hasMoved({ facts, exchange }: Visit): boolean {
  return facts !== undefined && exchange.id !== facts.id;
}

/** The visit goes on with another session, which holds the data of the old one if it `carriesAll`, or else what its object shows now. */
function moveOn(visit: Visit, deed: Deed, carriesAll = false): void {
  const { facts } = visit;
  if (facts !== undefined) visit.judgeUpdated(facts, deed);
  visit.world.chronicle.note(visit.name, `  goes on from ${facts?.id} with ${visit.exchange.id}`);
  if (carriesAll && facts !== undefined) visit.carryOn(facts.data);
  else visit.startOver(visit.exchange.isEnded ? {} : snapshot(visit));
  visit.adopt({ ...deed, end: deed.end ?? visit.world.chronicle.step });
}

async function destroy(visit: Visit, isAwaited: boolean): Promise<void> {
  const { world, exchange } = visit;
  const deed = world.begin('destroy()', visit.name);
  (visit.facts ?? visit.early).endings.push(deed);
  if (!visit.hasOutage) visit.hasDestroyed = true;
  const promise = exchange.session.destroy();
  const done = followEnd(visit, deed, isAwaited ? attempt(async () => await promise) : attemptUnseen(promise));
  if (isAwaited) await done;
  else visit.later.push(done);
}

async function followEnd(visit: Visit, deed: Deed, attempted: Promise<unknown>): Promise<void> {
  const error = await attempted;
  if (error !== undefined) return visit.fail(deed, error);
  visit.world.finish(deed, true, visit.verbs);
  visit.world.chronicle.note(visit.name, 'destroy(): done');
  // A write that was under way may have stored a session that was not known to be stored.
  visit.adopt(deed);
  if (visit.facts?.endings.includes(deed) === false) visit.facts.endings.push(deed);
}

async function regenerateAndDestroy(visit: Visit, keep: readonly string[]): Promise<void> {
  const deed = visit.use(`regenerate(${keep.join()}), not waited for`);
  (visit.facts ?? visit.early).endings.push(deed);
  const promise = visit.exchange.session.regenerate({ keep });
  visit.later.push(
    // The destruction leaves open whether it took effect.
    attemptUnseen(promise).then(() => visit.world.finish(deed, false, visit.verbs)),
  );
  await visit.world.turn();
  if (!visit.process.isDead) await destroy(visit, true);
}

/** What an awaited verb fails with; `undefined` if it does not fail. */
async function attempt(act: () => Promise<void>): Promise<unknown> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return error ?? new Error('rejected with nothing');
  }
}

/** Like `attempt`, without counting as looking at the verb's promise. */
function attemptUnseen(promise: Promise<void>): Promise<unknown> {
  return Promise.prototype.then.call(
    promise,
    () => undefined,
    (error: unknown) => error ?? new Error('rejected with nothing'),
  );
}
