/** The keys that scripts write, by the merge rule that each follows. */
export const mergeRules = { r: 'reject', n: 'counter', u: 'union', m: 'max' } as const;

/** The keys that follow the rule `last`. */
const plainKeys = ['a', 'b', 'c'] as const;

/** One change that a handler made to one key, and what became of it. */
export interface Change {
  readonly key: string;
  readonly kind: 'set' | 'delete' | 'increment' | 'add' | 'remove' | 'raise';
  /** The value set, added, removed or raised to; the difference of an increment. */
  readonly value: unknown;
  readonly who: string;
  /** The step at which the handler made it. */
  readonly begin: number;
  /** The value that the handler saw and replaced. */
  readonly replaced?: unknown;
  /** Whether the handler undid it, so that it may count as no change at all. */
  isUndone: boolean;
  /** The step at which a write that carried it was acknowledged. */
  end: number | undefined;
  /** How many writes may have carried it whose outcome is not known, or not yet. */
  unknown: number;
}

/** When a read was under way. */
export interface ReadSpan {
  readonly begin: number;
  readonly end: number;
}

/** What is wrong with data that was read. */
export interface DataProblem {
  readonly invariant: 'L1' | 'L2' | 'L3';
  readonly expected: string;
  readonly got: string;
}

/** All that is known about the data of one session: what it began with and who changed what since. */
export class DataFacts {
  readonly initial: Readonly<Record<string, unknown>>;
  readonly changes: Change[] = [];

  constructor(initial: Readonly<Record<string, unknown>>) {
    this.initial = initial;
  }

  /** Finds what no order of the changes explains in data that was read during `span`; `undefined` if some order does. */
  judge(data: Readonly<Record<string, unknown>>, span: ReadSpan): DataProblem | undefined {
    for (const key of [...plainKeys, 'r']) {
      const problem = this.#judgeRegister(key, data[key], span);
      if (problem !== undefined) return problem;
    }
    return this.#judgeCounter(data.n, span) ?? this.#judgeSet(data.u, span) ?? this.#judgeMax(data.m, span);
  }

  /** Another request's change of the same key that was made and acknowledged between two steps, so that the two surely conflict. */
  findRival(
    change: Change,
    { after, before }: { readonly after: number; readonly before: number },
  ): Change | undefined {
    const rivals = this.changes.filter(({ key, who }) => key === change.key && who !== change.who);
    // A deletion may have made another change undone, and then there is nothing to disagree about.
    const isPlain = ({ kind, isUndone }: Change) => !isUndone && ['set', 'increment', 'raise'].includes(kind);
    if (![...rivals, change].every(isPlain)) return undefined;
    return rivals.find(({ begin, end }) => begin > after && end !== undefined && end < before);
  }

  /** Two acknowledged changes of a `reject` key by different requests that replaced the same value: the second overwrote unseen. */
  judgeRejects(): DataProblem | undefined {
    const acknowledged = this.changes.filter(({ key, end }) => key === 'r' && end !== undefined);
    for (const [i, a] of acknowledged.entries()) {
      const b = acknowledged.slice(i + 1).find(({ who, replaced }) => who !== a.who && replaced === a.replaced);
      if (b === undefined) continue;
      return {
        invariant: 'L2',
        expected: `of two requests that replace r=${show(a.replaced)} one is refused, the rule being 'reject'`,
        got: `both ${a.who} (r=${show(a.value)}) and ${b.who} (r=${show(b.value)}) were acknowledged`,
      };
    }
    return undefined;
  }

  #judgeRegister(key: string, value: unknown, span: ReadSpan): DataProblem | undefined {
    const changes = this.changes.filter((change) => change.key === key);
    const writers = changes.filter(
      (change) => change.value === value && change.begin < span.end && mayHaveHappened(change),
    );
    const isInitial = this.initial[key] === value;
    const isCurrent = (candidate: Change | undefined) =>
      !changes.some((other) => other !== candidate && wasBefore(other, span) && isSurelyBefore(candidate, other));
    if ((isInitial && isCurrent(undefined)) || writers.some(isCurrent)) return undefined;

    const lost = changes.filter((change) => wasBefore(change, span)).at(-1);
    const got = `${key}=${show(value)}`;
    if (lost === undefined || (writers.length === 0 && !isInitial))
      return { invariant: 'L2', expected: `${key} holds what somebody wrote, and nothing that was refused`, got };
    const invariant = lost.kind === 'delete' ? 'L3' : 'L1';
    const verb =
      lost.kind === 'delete' ? `no ${key}, which ${lost.who} deleted` : `${key}=${show(lost.value)} of ${lost.who}`;
    return { invariant, expected: `${verb} (acknowledged at step ${lost.end}), or something later`, got };
  }

  #judgeCounter(value: unknown, span: ReadSpan): DataProblem | undefined {
    const start = typeof this.initial.n === 'number' ? this.initial.n : 0;
    const changes = this.changes.filter(({ key }) => key === 'n');
    const least = start + changes.filter((change) => wasBefore(change, span)).length;
    const most = start + sum(changes.filter(({ begin }) => begin < span.end).map(countPossible));
    const count = value === undefined ? 0 : value;
    if (typeof count === 'number' && count >= least && count <= most) return undefined;
    const expected = `n, a counter, between ${least} (acknowledged increments) and ${most} (attempted ones)`;
    return { invariant: 'L2', expected, got: `n=${show(value)}` };
  }

  #judgeSet(value: unknown, span: ReadSpan): DataProblem | undefined {
    const elements: readonly unknown[] = Array.isArray(value) ? value : [];
    const initial: readonly unknown[] = Array.isArray(this.initial.u) ? this.initial.u : [];
    const changes = this.changes.filter(({ key, begin }) => key === 'u' && begin < span.end);
    const problem = (expected: string) =>
      ({ invariant: 'L2', expected, got: `u=${show(value)}` }) satisfies DataProblem;
    for (const element of new Set([...elements, ...initial, ...changes.map((change) => change.value)])) {
      const own = changes.filter((change) => change.value === element);
      const removals = own.filter(({ kind }) => kind === 'remove');
      const additions = own.filter(({ kind }) => kind === 'add');
      const mayBeThere = initial.includes(element) || additions.some(mayHaveHappened);
      const mustBeThere = initial.includes(element) || additions.some((change) => wasBefore(change, span));
      const isThere = elements.includes(element);
      if (isThere && !mayBeThere) return problem(`u without ${show(element)}, which was never stored`);
      if (isThere && removals.some((change) => wasBefore(change, span)))
        return problem(`u without ${show(element)}, which was removed`);
      if (!isThere && mustBeThere && !removals.some(mayHaveHappened))
        return problem(`u with ${show(element)}, the rule being 'union'`);
    }
    return undefined;
  }

  #judgeMax(value: unknown, span: ReadSpan): DataProblem | undefined {
    const changes = this.changes.filter(({ key, begin }) => key === 'm' && begin < span.end);
    const start = typeof this.initial.m === 'number' ? this.initial.m : 0;
    const least = Math.max(
      start,
      ...changes.filter((change) => wasBefore(change, span)).map(({ value: v }) => Number(v)),
    );
    const count = value === undefined ? 0 : value;
    const isKnown = count === start || changes.some((change) => change.value === count && mayHaveHappened(change));
    if (typeof count === 'number' && count >= least && isKnown) return undefined;
    return { invariant: 'L2', expected: `m, the rule being 'max', at least ${least}`, got: `m=${show(value)}` };
  }
}

/** Whether `later` surely overwrote `earlier`; `undefined` stands for what the session began with. */
function isSurelyBefore(earlier: Change | undefined, later: Change): boolean {
  if (earlier === undefined) return true;
  // One handler's changes are stored in the order it made them.
  if (earlier.who === later.who) return earlier.begin < later.begin;
  return earlier.end !== undefined && earlier.end < later.begin;
}

function wasBefore({ end }: Change, span: ReadSpan): boolean {
  return end !== undefined && end < span.begin;
}

function mayHaveHappened({ end, unknown }: Change): boolean {
  return end !== undefined || unknown > 0;
}

/** How often an increment may have been counted: an attempt that failed silently may have been repeated. */
function countPossible({ end, unknown }: Change): number {
  return (end === undefined ? 0 : 1) + unknown;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
