import type { SessionSummary, Sessions } from '@sess/core';
import { type Actor, createActor, currentActor, hasUnheard } from './actor.js';
import type { Deed } from './deed.js';
import { runVisit } from './run-visit.js';
import type { Action } from './script.js';
import type { SessionFacts } from './session-facts.js';
import { codeOf, describeError } from './visit.js';
import type { Browser, World } from './world.js';

/** Does one thing after the other, each when its turn comes. */
export async function runLane(world: World, lane: string, actions: readonly Action[], browser: Browser): Promise<void> {
  for (const [index, action] of actions.entries()) {
    await world.turn();
    await perform(world, `${lane}${index + 1}`, action, browser);
  }
}

async function perform(world: World, name: string, action: Action, browser: Browser): Promise<void> {
  switch (action.type) {
    case 'visit':
      return runVisit(world, name, action, browser);
    case 'wait':
      world.pass(action.ms);
      world.chronicle.note(name, `the clock moves by ${action.ms} ms`);
      return;
    case 'crash':
      world.chronicle.note(name, `P${action.process} dies, and another takes its place`);
      return world.restart(action.process);
    case 'poison':
      return poison(world, name, action.which);
    case 'revoke': {
      const facts = pick(world, action.which);
      const end = (sessions: Sessions, deed: Deed) => {
        facts?.endings.push(deed);
        return sessions.revoke(facts?.id ?? 'nobody');
      };
      return manage(world, name, action.process, `revoke ${facts?.id ?? 'nobody'}`, end);
    }
    case 'revokeAll':
      return revokeAll(world, name, action);
    case 'find':
      return find(world, name, action);
    case 'list':
      return list(world, name, action);
  }
}

function pick(world: World, which: number): SessionFacts | undefined {
  return [...world.sessions.values()][which % Math.max(world.sessions.size, 1)];
}

/** Calls the manager of a process outside any request; resolves to its result, or `undefined` if it failed. */
async function manage<R>(
  world: World,
  name: string,
  processIndex: number,
  what: string,
  act: (sessions: Sessions, deed: Deed) => Promise<R>,
  then: (result: R, deed: Deed) => void = () => {},
): Promise<void> {
  const process = world.processes[processIndex % world.processes.length];
  if (process === undefined) return;
  const actor = createActor(name);
  world.pending.add(actor);
  const run = async () => {
    const deed = world.begin(what, name);
    try {
      const result = await act(process.sessions, deed);
      world.finish(deed, true);
      world.chronicle.note(name, `${what}: done`);
      then(result, deed);
    } catch (error) {
      world.finish(deed, false);
      world.chronicle.note(name, `${what} fails:`, codeOf(error));
      if (codeOf(error) !== 'ERR_SESS_STORE_TIMEOUT' && actor.faults === 0)
        world.chronicle.report('C2', `${what} fails only if the store does`, describeError(error));
    }
  };
  await Promise.race([currentActor.run(actor, run), process.crashed]);
  world.pending.delete(actor);
}

async function revokeAll(world: World, name: string, action: Extract<Action, { type: 'revokeAll' }>): Promise<void> {
  const { subject } = action;
  const except = action.except === undefined ? undefined : pick(world, action.except)?.id;
  const what = `revokeAll(${subject}${except === undefined ? '' : `, except ${except}`})`;
  const end = (sessions: Sessions, deed: Deed) => {
    for (const facts of world.sessions.values()) {
      if (facts.id === except || !facts.logins.some((login) => login.subject === subject)) continue;
      // One whose login is not known to have come first may or may not escape.
      const isMeant = facts.subjectAt(deed.begin) === subject;
      facts.endings.push(isMeant ? deed : { ...deed, what: `${what}, perhaps`, end: undefined });
    }
    world.revocations.push({ deed, subject, except });
    return sessions.revokeAll(subject, except === undefined ? {} : { except });
  };
  await manage(world, name, action.process, what, end);
}

async function find(world: World, name: string, action: Extract<Action, { type: 'find' }>): Promise<void> {
  const facts = pick(world, action.which);
  if (facts === undefined) return;
  const { chronicle } = world;
  const judge = (found: SessionSummary | undefined, { begin, end }: Deed) => {
    const ending = facts.endedBefore(begin);
    if (found !== undefined && ending !== undefined)
      chronicle.report('D1', `${facts.id}, which has ended, is not found`, `${name} finds it`);
    if (found !== undefined && found.id !== facts.id)
      chronicle.report('contract', `${name} finds ${facts.id}`, `it finds ${found.id}`);
    const mayBeMissing =
      facts.mayHaveEnded(end ?? chronicle.step, chronicle.high) ||
      world.mayBeExpired(facts, begin) ||
      facts.poisoned !== undefined ||
      world.mayBeEvicted(facts);
    if (found === undefined && !mayBeMissing)
      chronicle.report('E2', `${facts.id} is found: nothing has ended it`, `${name} finds nothing`);
  };
  const what = `find ${facts.id}`;
  await manage(world, name, action.process, what, (sessions) => sessions.find(facts.id), judge);
}

async function list(world: World, name: string, action: Extract<Action, { type: 'list' }>): Promise<void> {
  const judge = (listed: readonly SessionSummary[], { begin, end }: Deed) => {
    const { chronicle } = world;
    const ids = new Set(listed.map(({ id }) => id));
    const got = `${name} lists ${[...ids].join(', ') || 'none'}`;
    for (const { id, subject } of listed) {
      if (subject !== action.subject)
        chronicle.report('contract', `the list is of sessions of ${action.subject}`, `${id} belongs to ${subject}`);
    }
    for (const facts of world.sessions.values()) {
      if (ids.has(facts.id) && facts.endedBefore(begin) !== undefined)
        chronicle.report('D1', `the list is without ${facts.id}, which has ended`, got);
      const mayBeMissing =
        facts.subjectAt(begin) !== action.subject ||
        facts.mayHaveEnded(end ?? chronicle.step, chronicle.high) ||
        facts.mayBeExpired(chronicle.high) ||
        facts.poisoned !== undefined ||
        world.mayBeEvicted(facts);
      if (!ids.has(facts.id) && !mayBeMissing)
        chronicle.report('L1', `the list has ${facts.id}, which belongs to ${action.subject}`, got);
    }
  };
  await manage(
    world,
    name,
    action.process,
    `list(${action.subject})`,
    (sessions) => sessions.list(action.subject),
    judge,
  );
}

const foreignBody = '[99]\n{"a":"from the future"}';

/** Writes something foreign over a record, as another program might, bypassing the schedule. */
async function poison(world: World, name: string, which: number): Promise<void> {
  const facts = pick(world, which);
  if (facts === undefined || facts.poisoned !== undefined) return;
  const { store } = world;
  await world.act(async () => {
    const record = await store.read(facts.id);
    if (record === undefined) return;
    facts.poisoned = world.begin(`overwrites ${facts.id} with something foreign`, name);
    await store.update({ ...record, version: record.version + 1, body: foreignBody }, record.version);
    world.finish(facts.poisoned, true);
  });
}

/** Checks that the store holds nothing but sessions that live: no record of an ended one, and none that nobody can open. */
export async function checkLeftovers(world: World): Promise<void> {
  const mayFail = world.mayLeaveRecords || world.hadFaults;
  for (const [id, creator] of world.createdIds) {
    const facts = world.sessions.get(id);
    if (facts === undefined ? mayLeaveOrphan(creator) : !facts.mustBeRemoved(mayFail)) continue;
    if ((await world.act(() => world.store.read(id))) !== undefined)
      world.chronicle.report('D2', `nothing is left of ${id}, which has ended`, 'the store has a record of it');
  }
}

/**
 * Whether somebody may have created a record that nobody can open and that is still there: one who knows of no record, could not remove it,
 * or has stopped in the middle.
 */
function mayLeaveOrphan(creator: Actor | undefined): boolean {
  return creator?.isDone !== true || creator.pending > 0 || hasUnheard(creator, ['create', 'destroy']);
}

/** Checks that nobody has overwritten a foreign record (S5). */
export async function checkPoisoned(world: World): Promise<void> {
  for (const { id, poisoned } of world.sessions.values()) {
    if (poisoned === undefined) continue;
    const record = await world.act(() => world.store.read(id));
    if (record !== undefined && record.body !== foreignBody)
      world.chronicle.report('S5', `the foreign record ${id} is left as it is`, 'it was overwritten');
  }
}
