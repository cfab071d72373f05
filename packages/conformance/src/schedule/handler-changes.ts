import type { Session, UntypedData } from '@sess/core';
import type { Change } from './data-facts.js';
import type { Step } from './script.js';
import { codeOf, type Visit } from './visit.js';

/** Steps that change the session's data without a call of the store. */
export type DataStep = Extract<Step, { do: 'set' | 'delete' | 'increment' | 'add' | 'remove' | 'raise' | 'replace' }>;

type Made = Pick<Change, 'key' | 'kind' | 'value' | 'replaced'>;

/** Makes a change on the handler's session object and takes note of it. */
export function changeData(visit: Visit, step: DataStep): void {
  const { session } = visit.exchange;
  let made: readonly Made[] = [];
  try {
    made = step.do === 'replace' ? replace(visit, session) : [apply(visit, session, step)].flat();
  } catch (error) {
    // Somebody else has ended it; the commit will say so.
    if (codeOf(error) !== 'ERR_SESS_ENDED') throw error;
  }
  for (const one of made) noteChange(visit, one);
}

function noteChange(visit: Visit, made: Made): void {
  const { world } = visit;
  const undone = findUndone(visit, made);
  if (undone.length > 0 && undone.every(({ unknown }) => unknown === 0)) {
    forget(visit, undone);
    return;
  }
  for (const other of undone) other.isUndone = true;
  const change: Change = {
    ...made,
    who: visit.name,
    begin: world.chronicle.tick(),
    end: undefined,
    isUndone: undone.length > 0,
    // A write under way may yet pick it up.
    unknown: visit.pendingWrites,
  };
  world.chronicle.note(visit.name, `${made.kind} ${made.key}`, made.value);
  visit.ownKeys.add(made.key);
  if (made.kind === 'set') visit.ownValues.add(made.key);
  else visit.ownValues.delete(made.key);
  visit.changes.push(change);
  visit.facts?.data.changes.push(change);
}

/**
 * Changes that this one undoes: by a deletion, those of a key that was not there before; by a removal, an addition. None that is known to be
 * stored.
 */
function findUndone({ changes }: Visit, { key, kind, value }: Made): readonly Change[] {
  const own = changes.filter((change) => change.key === key);
  if (kind === 'delete') return own[0]?.kind === 'set' && own[0].replaced === undefined ? own : [];
  // A write of unknown outcome may have stored it, and the handler's data is again what it was before.
  const isUndone = (other: Change) => other.kind === 'add' && other.value === value && other.unknown > 0;
  return kind === 'remove' ? own.filter(isUndone) : [];
}

/** Changes that were undone before any write could carry them have not been. */
function forget(visit: Visit, undone: readonly Change[]): void {
  const isKept = (change: Change) => !undone.includes(change);
  for (const { key } of undone) visit.ownValues.delete(key);
  visit.changes = visit.changes.filter(isKept);
  const known = visit.facts?.data.changes;
  known?.splice(0, Number.POSITIVE_INFINITY, ...known.filter(isKept));
  visit.world.chronicle.note(visit.name, 'undoes that');
}

function replace({ world, ownKeys }: Visit, session: Session): readonly Made[] {
  const { a, b, c, ...others } = { ...session } as UntypedData;
  const value = world.nextValue();
  session.replace({ ...others, a: value });
  // All of it is the handler's own then.
  for (const key of Object.keys(others)) ownKeys.add(key);
  const deleted = Object.entries({ b, c }).filter(([, old]) => old !== undefined);
  return [
    { key: 'a', kind: 'set', value, replaced: a },
    ...deleted.map(([key]) => ({ key, kind: 'delete', value: undefined }) as const),
  ];
}

function apply(visit: Visit, session: Session, step: Exclude<DataStep, { do: 'replace' }>): Made | readonly [] {
  const value = visit.world.nextValue();
  switch (step.do) {
    case 'set': {
      const replaced = session[step.key];
      session[step.key] = value;
      return { key: step.key, kind: 'set', value, replaced };
    }
    case 'delete':
      if (!(step.key in session)) return [];
      delete session[step.key];
      return { key: step.key, kind: 'delete', value: undefined };
    case 'increment':
      session.n = numberOf(session.n) + 1;
      return { key: 'n', kind: 'increment', value: 1 };
    case 'raise':
      session.m = Math.max(numberOf(session.m), value);
      return { key: 'm', kind: 'raise', value };
    case 'add':
      session.u = [...listOf(session.u), value];
      return { key: 'u', kind: 'add', value };
    case 'remove': {
      const [first, ...rest] = listOf(session.u);
      if (first === undefined) return [];
      session.u = rest;
      return { key: 'u', kind: 'remove', value: first };
    }
  }
}

/** The data that a session object shows at present. */
export function snapshot(visit: Visit, keys?: readonly string[]): Record<string, unknown> {
  const fields = Object.entries({ ...visit.exchange.session } as UntypedData);
  return Object.fromEntries(fields.filter(([key]) => keys === undefined || keys.includes(key)));
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
