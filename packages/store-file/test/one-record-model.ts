import { isDeepStrictEqual } from 'node:util';
import type { SessionRecord } from '@sess/core';

/** A call on the one record that a scenario is about, or the passing of time. */
export type Call =
  | { readonly do: 'create'; readonly record: SessionRecord }
  | { readonly do: 'read' }
  | { readonly do: 'update'; readonly record: SessionRecord; readonly ifVersion: number }
  | { readonly do: 'touch'; readonly expiresAt: number }
  | { readonly do: 'destroy' }
  | { readonly do: 'list'; readonly subject: string }
  | { readonly do: 'sweep' }
  | { readonly do: 'wait'; readonly ms: number };

/** What there is to know about the record at an instant. */
export interface Truth {
  readonly now: number;
  readonly record: SessionRecord | undefined;
}

/** What the contract says a call returns, and what is true after it. How much a sweep removes is its own affair. */
export function foretell(truth: Truth, call: Call): { readonly answer: unknown; readonly truth: Truth } {
  const record = truth.record !== undefined && truth.record.expiresAt > truth.now ? truth.record : undefined;
  const now: Truth = { now: truth.now, record };
  switch (call.do) {
    case 'create':
      if (record !== undefined) return { answer: 'exists', truth: now };
      return { answer: 'created', truth: { ...now, record: call.record } };
    case 'read':
      return { answer: record, truth: now };
    case 'list':
      return { answer: record?.subject === call.subject ? [record] : [], truth: now };
    case 'update':
      return foretellUpdate(now, call.record, call.ifVersion);
    case 'touch':
      if (record === undefined) return { answer: 'gone', truth: now };
      return { answer: 'touched', truth: { ...now, record: extend(record, call.expiresAt) } };
    case 'destroy':
      return { answer: undefined, truth: { ...now, record: undefined } };
    case 'sweep':
      return { answer: 'any', truth: now };
    case 'wait':
      return { answer: 'any', truth: { ...now, now: truth.now + call.ms } };
  }
}

function foretellUpdate(truth: Truth, next: SessionRecord, ifVersion: number): ReturnType<typeof foretell> {
  const { record } = truth;
  if (record === undefined) return { answer: { outcome: 'gone' }, truth };
  if (record.version !== ifVersion) return { answer: { outcome: 'conflict', current: record }, truth };
  return { answer: { outcome: 'updated' }, truth: { ...truth, record: extend(next, record.expiresAt) } };
}

function extend(record: SessionRecord, expiresAt: number): SessionRecord {
  return { ...record, expiresAt: Math.max(record.expiresAt, expiresAt) };
}

/** A call that was made. Its steps count from `from` to `to`; no `to`: it was cut off, and may have done its work or not. */
export interface Made {
  readonly call: Call;
  readonly from: number;
  to: number | undefined;
  answer: unknown;
}

/** Whether some order of the calls, true to which of them came before which, explains every result. */
export function isExplained(truth: Truth, made: readonly Made[]): boolean {
  if (made.every(({ to }) => to === undefined)) return true;
  const firstEnd = Math.min(...made.map(({ to }) => to ?? Number.POSITIVE_INFINITY));
  return made
    .filter(({ from }) => from <= firstEnd)
    .some((next) => {
      const { answer, truth: after } = foretell(truth, next.call);
      const fits =
        next.to === undefined ||
        answer === 'any' ||
        answer === next.answer ||
        (typeof answer === 'object' && isDeepStrictEqual(answer, next.answer));
      return (
        fits &&
        isExplained(
          after,
          made.filter((other) => other !== next),
        )
      );
    });
}
