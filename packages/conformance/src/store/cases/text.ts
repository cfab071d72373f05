import type { SessionRecord } from '@sess/core';
import { bodies, everyCharacter, long, lookalikes, objectWords, syntax } from '../hostile.js';
import type { CaseDefinition } from '../store-case.js';
import type { Trial } from '../trial.js';

const megabyte = 1_048_576;

export const textCases: readonly CaseDefinition[] = [
  {
    name: 'ids: those that only look alike are different',
    invariant: 'contract',
    check: (trial) => keepsApart(trial, lookalikes),
  },
  {
    name: 'ids: names that mean something to an object are ids like any other',
    invariant: 'contract',
    check: (trial) => keepsApart(trial, objectWords),
  },
  {
    name: 'ids: line ends, NUL, separators, wildcards and paths are ids like any other',
    invariant: 'contract',
    check: (trial) => keepsApart(trial, syntax),
  },
  {
    name: 'ids: up to 512 characters, every one counts',
    invariant: 'contract',
    check: (trial) => keepsApart(trial, long),
  },
  {
    name: 'bodies: what looks like something else is kept to the letter',
    invariant: 'contract',
    async check(trial) {
      for (const [index, body] of bodies.entries()) await keepsBody(trial, `body${index}`, body);
    },
  },
  {
    name: 'bodies: every character there is comes back',
    invariant: 'contract',
    check: (trial) => keepsBody(trial, 'a', everyCharacter()),
  },
  {
    name: 'bodies: a megabyte comes back whole',
    invariant: 'contract',
    check: (trial) => keepsBody(trial, 'a', `${'x'.repeat(megabyte - 1)}\u00e9`),
  },
];

/** Checks that each id is unknown before, has its own record after, which each call finds, and goes alone when destroyed. */
async function keepsApart(trial: Trial, ids: readonly string[]): Promise<void> {
  for (const id of ids) await trial.sees(trial.store.read(id), undefined, 'nothing was created yet');
  const records = ids.map((id, index) => trial.record({ id, body: `record ${index}` }));
  for (const record of records) await trial.sees(trial.store.create(record), 'created', 'no other record has this id');
  const updated = records.map((record) => ({ ...record, version: 2, body: `${record.body}, updated` }));
  for (const record of updated) await trial.sees(trial.store.update(record, 1), { outcome: 'updated' }, 'it is there');
  const touched = updated.map((record, index) => ({ ...record, expiresAt: record.expiresAt + 1 + index }));
  for (const { id, expiresAt } of touched) await trial.sees(trial.store.touch(id, expiresAt), 'touched', 'it is there');
  for (const record of touched) await trial.sees(trial.store.read(record.id), record, 'each id has its own record');

  const [first, ...others] = touched;
  await trial.store.destroy(first?.id ?? '');
  await trial.sees(trial.store.read(first?.id ?? ''), undefined, 'it was destroyed');
  for (const record of others) await trial.sees(trial.store.read(record.id), record, 'only the first was destroyed');
  for (const { id } of others) await trial.store.destroy(id);
  for (const { id } of others) await trial.sees(trial.store.read(id), undefined, 'it was destroyed');
}

/** Checks that a body is kept by create, by update and by touch, and shown by a conflict. */
async function keepsBody(trial: Trial, id: string, body: string): Promise<void> {
  const record = trial.record({ id, body });
  await trial.store.create(record);
  hasBody(trial, body, await trial.store.read(id), 'as it was created');
  await trial.store.update({ ...record, version: 2, body: 'in between' }, 1);
  await trial.store.update({ ...record, version: 3 }, 2);
  hasBody(trial, body, await trial.store.read(id), 'as it was updated');
  await trial.store.touch(id, record.expiresAt + 1);
  hasBody(trial, body, await trial.store.read(id), 'as it was, after a touch');
  const answer = await trial.store.update({ ...record, version: 3, body: 'stale' }, 2);
  hasBody(trial, body, answer?.outcome === 'conflict' ? answer.current : undefined, 'as it is, in a conflict');
}

function hasBody(trial: Trial, body: string, record: SessionRecord | undefined, how: string): void {
  const got = record?.body;
  const length = body.length;
  trial.check(got === body, `the body of ${length} characters ${how}`, describeDifference(body, got));
}

/** Where two long texts part, since showing them whole helps nobody. */
function describeDifference(expected: string, got: string | undefined): string {
  if (typeof got !== 'string') return `no body (${String(got)})`;
  let at = 0;
  while (at < expected.length && expected[at] === got[at]) at += 1;
  const [wanted, came] = [codeAt(expected, at), codeAt(got, at)];
  return `${got.length} characters, which differ from character ${at} on: ${came} for ${wanted}`;
}

function codeAt(text: string, index: number): string {
  return index < text.length ? `U+${text.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0')}` : 'nothing';
}
