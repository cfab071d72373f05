import { isExpired, type SessionRecord } from '@sess/core';
import { isEqual } from '../../equal.js';
import { show } from '../../show.js';

/** A call of the contract, as data. */
export type Call =
  | { readonly method: 'create'; readonly record: SessionRecord }
  | { readonly method: 'read'; readonly id: string }
  | { readonly method: 'update'; readonly record: SessionRecord; readonly ifVersion: number }
  | { readonly method: 'touch'; readonly id: string; readonly expiresAt: number }
  | { readonly method: 'destroy'; readonly id: string }
  | { readonly method: 'list'; readonly subject: string }
  | { readonly method: 'sweep'; readonly limit: number };

/** The records that a correct store may hold. Never changed; a call makes another. */
export type World = ReadonlyMap<string, SessionRecord>;

/** What a correct store in some world returns from a call, and the worlds it may be in afterwards. */
export interface Outcome {
  readonly answer: unknown;
  readonly next: readonly World[];
}

export const emptyWorld: World = new Map();

/** What the contract says of a call in `world` at `now` (epoch ms). */
export function outcomeOf(world: World, call: Call, now: number): Outcome {
  switch (call.method) {
    case 'create':
      return create(world, call.record, now);
    case 'read':
      return { answer: live(world, call.id, now), next: [world] };
    case 'update':
      return update(world, call.record, call.ifVersion, now);
    case 'touch':
      return touch(world, call.id, call.expiresAt, now);
    case 'destroy':
      return { answer: undefined, next: [without(world, [call.id])] };
    case 'list':
      return { answer: list(world, call.subject, now), next: [world] };
    case 'sweep':
      return sweep(world, call.limit, now);
  }
}

/** Whether a result is the one expected; lists may come in any order, and what destroy returns means nothing. */
export function isAnswer(call: Call, answer: unknown, expected: unknown): boolean {
  if (call.method === 'destroy') return true;
  if (call.method !== 'list') return isEqual(answer, expected);
  return Array.isArray(answer) && isEqual(sortById(answer), sortById(expected as readonly SessionRecord[]));
}

/** The worlds that a store may be in without having been called: any of its expired records may have been dropped. */
export function withDrops(worlds: readonly World[], now: number): readonly World[] {
  if (!worlds.some((world) => expiredIds(world, now).length > 0)) return worlds;
  return distinct(worlds.flatMap((world) => subsets(expiredIds(world, now)).map((ids) => without(world, ids))));
}

/** The same worlds without repetitions. */
export function distinct(worlds: readonly World[]): readonly World[] {
  if (worlds.length < 2) return worlds;
  return [...new Map(worlds.map((world) => [fingerprint(world), world])).values()];
}

function create(world: World, record: SessionRecord, now: number): Outcome {
  if (live(world, record.id, now) !== undefined) return { answer: 'exists', next: [world] };
  const created = withRecord(world, record);
  // One that arrives expired may be held for a while, or its predecessor may.
  const next = isExpired(record.expiresAt, now) ? [created, world, without(world, [record.id])] : [created];
  return { answer: 'created', next };
}

function update(world: World, record: SessionRecord, ifVersion: number, now: number): Outcome {
  const current = live(world, record.id, now);
  if (current === undefined) return { answer: { outcome: 'gone' }, next: [world] };
  if (current.version !== ifVersion) return { answer: { outcome: 'conflict', current }, next: [world] };
  const expiresAt = Math.max(record.expiresAt, current.expiresAt);
  return { answer: { outcome: 'updated' }, next: [withRecord(world, { ...record, expiresAt })] };
}

function touch(world: World, id: string, expiresAt: number, now: number): Outcome {
  const current = live(world, id, now);
  if (current === undefined) return { answer: 'gone', next: [world] };
  const touched = { ...current, expiresAt: Math.max(expiresAt, current.expiresAt) };
  return { answer: 'touched', next: [withRecord(world, touched)] };
}

function list(world: World, subject: string, now: number): readonly SessionRecord[] {
  return [...world.values()].filter((record) => record.subject === subject && !isExpired(record.expiresAt, now));
}

function sweep(world: World, limit: number, now: number): Outcome {
  const expired = expiredIds(world, now);
  const answer = Math.min(limit, expired.length);
  const next = subsets(expired).filter((ids) => ids.length === answer);
  return { answer, next: next.map((ids) => without(world, ids)) };
}

function live(world: World, id: string, now: number): SessionRecord | undefined {
  const record = world.get(id);
  return record === undefined || isExpired(record.expiresAt, now) ? undefined : record;
}

function expiredIds(world: World, now: number): string[] {
  return [...world.values()].filter((record) => isExpired(record.expiresAt, now)).map((record) => record.id);
}

function withRecord(world: World, record: SessionRecord): World {
  return new Map(world).set(record.id, record);
}

function without(world: World, ids: readonly string[]): World {
  const next = new Map(world);
  for (const id of ids) next.delete(id);
  return next;
}

function subsets(ids: readonly string[]): readonly string[][] {
  const all: string[][] = [[]];
  for (const id of ids) all.push(...all.map((subset) => [...subset, id]));
  return all;
}

function fingerprint(world: World): string {
  return JSON.stringify(sortById([...world.values()]).map((r) => [r.id, r.version, r.expiresAt, r.subject, r.body]));
}

function sortById(records: readonly SessionRecord[]): readonly SessionRecord[] {
  return [...records].sort((a, b) => (show(a?.id) < show(b?.id) ? -1 : 1));
}
