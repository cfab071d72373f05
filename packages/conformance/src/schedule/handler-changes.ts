import type { Session, UntypedData } from '@sess/core';
import type { Change } from './data-facts.js';
import type { Step } from './script.js';
import { codeOf, type Visit } from './visit.js';

/** Steps that change the session's data without a call of the store. */
export type DataStep = Extract<Step, { do: 'set' | 'delete' | 'increment' | 'add' | 'remove' | 'raise' }>;

type Made = Pick<Change, 'key' | 'kind' | 'value' | 'replaced'>;

/** Makes a change on the handler's session object and takes note of it. */
export function changeData(visit: Visit, step: DataStep): void {
  const { session } = visit.exchange;
  let made: Made | undefined;
  try {
    made = apply(visit, session, step);
  } catch (error) {
    // Somebody else has ended it; the commit will say so.
    if (codeOf(error) !== 'ERR_SESS_ENDED') throw error;
  }
  if (made === undefined) return;
  const { world } = visit;
  const undone = made.kind === 'delete' ? findUndone(visit, made.key) : [];
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
  visit.changes.push(change);
  visit.facts?.data.changes.push(change);
}

/** Changes that a deletion undoes: those of a key that was not there before, in so far as they are not known to be stored. */
function findUndone({ changes }: Visit, key: string): readonly Change[] {
  const own = changes.filter((change) => change.key === key);
  return own.some(({ kind, replaced }) => kind === 'set' && replaced === undefined) ? own : [];
}

function apply(visit: Visit, session: Session, step: DataStep): Made | undefined {
  const value = visit.world.nextValue();
  switch (step.do) {
    case 'set': {
      const replaced = session[step.key];
      session[step.key] = value;
      return { key: step.key, kind: 'set', value, replaced };
    }
    case 'delete':
      if (!(step.key in session)) return undefined;
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
      if (first === undefined) return undefined;
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
