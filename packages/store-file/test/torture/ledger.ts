import { readdirSync } from 'node:fs';
import type { SessionRecord } from '@sess/core';
import { fileStore } from '@sess/store-file';

/** The subjects that the sessions of a torture belong to. */
export const subjects: readonly string[] = ['annabel', 'robert', 'charles'];

/** How often each process has counted in a session. */
export type Counters = Readonly<Record<string, number>>;

/** What a process says. */
export type Line =
  | { readonly ready: string }
  | { readonly created: string }
  | { readonly counted: string; readonly by: string; readonly reached: number; readonly version: number }
  | { readonly touched: string; readonly expiresAt: number }
  | { readonly destroying: string }
  | { readonly destroyed: string }
  | { readonly problem: string };

/** What was found wrong; each list is empty if all is well. */
export interface Verdict {
  /** Files that could not be read. */
  readonly unreadable: readonly string[];
  /** Acknowledged writes that are not there. */
  readonly lost: readonly string[];
  /** Sessions that were destroyed and are back. */
  readonly revived: readonly string[];
  /** Sessions that their subject's list lacks. */
  readonly unlisted: readonly string[];
}

interface Account {
  readonly counters: Map<string, number>;
  version: number;
  expiresAt: number;
  /** How far its destruction has come, by what its destroyer said. */
  end: 'no' | 'begun' | 'acknowledged';
}

/** The book of what was acknowledged, to compare with what the directory holds. */
export class Ledger {
  readonly #accounts = new Map<string, Account>();
  readonly #problems: string[] = [];
  /** How many writes were acknowledged. */
  acknowledged = 0;
  /** How many of them were destroys. */
  destroyed = 0;

  enter(line: Line): void {
    if ('ready' in line) return;
    if ('problem' in line) this.#problems.push(line.problem);
    else if ('destroying' in line) this.#account(line.destroying).end = 'begun';
    else this.#acknowledge(line);
  }

  /** Compares the book with the directory. No process may be at work there. */
  async check(directory: string): Promise<Verdict> {
    const unreadable = [...this.#problems];
    const store = fileStore({ directory, onProblem: ({ path, reason }) => unreadable.push(`${path}: ${reason}`) });
    const [lost, revived, unlisted]: string[][] = [[], [], []];
    const listed = (await Promise.all(subjects.map((subject) => store.list(subject)))).flat();
    // Those too that nobody has had the time to speak of.
    const present = readdirSync(`${directory}/records`).flatMap((shard) =>
      readdirSync(`${directory}/records/${shard}`),
    );
    for (const id of new Set([...this.#accounts.keys(), ...present])) {
      const account = this.#account(id);
      const record = await store.read(id);
      if (record === undefined && account.end === 'no' && account.version > 0) lost?.push(`${id} is gone`);
      if (record === undefined) continue;
      if (account.end === 'acknowledged') revived?.push(id);
      lost?.push(...missingFrom(record, account));
      const twins = listed.filter((other) => other.id === id && other.subject === record.subject);
      if (twins.length !== 1) unlisted?.push(`${id} is listed ${twins.length} times`);
    }
    return { unreadable, lost: lost ?? [], revived: revived ?? [], unlisted: unlisted ?? [] };
  }

  #acknowledge(line: Exclude<Line, { ready: string } | { problem: string } | { destroying: string }>): void {
    this.acknowledged++;
    if ('created' in line) {
      const account = this.#account(line.created);
      account.version = Math.max(account.version, 1);
    } else if ('counted' in line) {
      const account = this.#account(line.counted);
      account.counters.set(line.by, line.reached);
      account.version = Math.max(account.version, line.version);
    } else if ('touched' in line) {
      const account = this.#account(line.touched);
      account.expiresAt = Math.max(account.expiresAt, line.expiresAt);
    } else {
      this.#account(line.destroyed).end = 'acknowledged';
      this.destroyed++;
    }
  }

  #account(id: string): Account {
    const account = this.#accounts.get(id) ?? {
      counters: new Map<string, number>(),
      version: 0,
      expiresAt: 0,
      end: 'no',
    };
    this.#accounts.set(id, account);
    return account;
  }
}

function missingFrom(record: SessionRecord, account: Account): string[] {
  const { counters } = JSON.parse(record.body) as { counters: Counters };
  const missing = [...account.counters]
    .filter(([name, reached]) => (counters[name] ?? 0) < reached)
    .map(([name, reached]) => `${record.id} has ${counters[name]} of ${name}, which had counted ${reached}`);
  if (record.version < account.version) missing.push(`${record.id} is at ${record.version}, not ${account.version}`);
  if (record.expiresAt < account.expiresAt) missing.push(`${record.id} has lost a touch`);
  return missing;
}
