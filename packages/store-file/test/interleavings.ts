import { createRecord } from '../src/create-record.js';
import { destroyRecord } from '../src/destroy-record.js';
import type { Disk } from '../src/disk.js';
import { LastSeen } from '../src/last-seen.js';
import { Layout } from '../src/layout.js';
import { createLabel } from '../src/names.js';
import { readRecord } from '../src/read-record.js';
import { purge } from '../src/removal.js';
import { attempt, resume, run, type Steps, step } from '../src/steps.js';
import { listSubject } from '../src/subject-index.js';
import { sweepRecord } from '../src/sweeper.js';
import { touchRecord } from '../src/touch-record.js';
import { updateRecord } from '../src/update-record.js';
import { MemoryFileSystem } from './memory-file-system.js';
import { type Call, isExplained, type Made, type Truth } from './one-record-model.js';

/** Several processes at work on one record. */
export interface Scenario {
  readonly id: string;
  readonly now: number;
  /** What is done beforehand, in a row. */
  readonly before: readonly Call[];
  /** What each process then does, in a row. */
  readonly processes: readonly (readonly Call[])[];
  /** The subjects to ask for in the end. */
  readonly subjects: readonly string[];
  /** How often a process is stopped in favour of another while it could go on. */
  readonly switches: number;
  /** How many processes may die between two of their steps. */
  readonly deaths: number;
}

/** A counterexample: who did a step when, and what came of it. */
export interface Fault {
  /** The steps, each as the source of what it did. */
  readonly trace: readonly string[];
  readonly made: readonly Made[];
  readonly paths: readonly string[];
  readonly reason: string;
}

/** Tries every order of the steps; returns the first that no sequence of whole calls explains, and how many it tried. */
export function explore(scenario: Scenario): { readonly tried: number; readonly fault: Fault | undefined } {
  const world = prepare(scenario);
  const choices: { taken: number; options: number }[] = [];
  for (let tried = 1; ; tried++) {
    const trial = new Trial(scenario, world);
    const fault = trial.play(choices);
    if (fault !== undefined) return { tried, fault };
    let last = choices.pop();
    while (last !== undefined && last.taken + 1 >= last.options) last = choices.pop();
    if (last === undefined) return { tried, fault: undefined };
    choices.push({ ...last, taken: last.taken + 1 });
  }
}

interface World {
  readonly fs: MemoryFileSystem;
  readonly made: readonly Made[];
  readonly now: number;
}

const directory = '/sessions';

function prepare(scenario: Scenario): World {
  const fs = createFrame();
  const time = { now: scenario.now };
  const disk = createDisk(fs, time, () => undefined);
  const made = scenario.before.map((call, index): Made => {
    const at = index - scenario.before.length;
    return { call, from: at, to: at, answer: run(stepsOf(disk, time, scenario.id, call)) };
  });
  return { fs, made, now: time.now };
}

/** What operations work on, in memory, at a time that stands still. */
export function createMemoryDisk(now: number): Disk {
  return createDisk(createFrame(), { now }, (problem) => {
    throw new Error(problem);
  });
}

function createFrame(): MemoryFileSystem {
  const fs = new MemoryFileSystem();
  const layout = new Layout(directory);
  for (const folder of [layout.records, layout.subjects, layout.drafts, layout.trash]) fs.makeFolder(folder);
  return fs;
}

function createDisk(fs: MemoryFileSystem, time: { now: number }, onProblem: (problem: string) => void): Disk {
  const clock = { now: () => time.now, after: () => () => undefined };
  return {
    fs,
    layout: new Layout(directory),
    clock,
    report: (path, reason) => onProblem(`${path}: ${reason}`),
    lastSeen: new LastSeen(),
    power: false,
  };
}

function* stepsOf(disk: Disk, time: { now: number }, id: string, call: Call): Steps<unknown> {
  switch (call.do) {
    case 'create':
      return yield* createRecord(disk, call.record);
    case 'read':
      return yield* readRecord(disk, id);
    case 'update':
      return yield* updateRecord(disk, call.record, call.ifVersion);
    case 'touch':
      return yield* touchRecord(disk, id, call.expiresAt);
    case 'destroy':
      return yield* destroyRecord(disk, id);
    case 'list':
      return yield* listSubject(disk, call.subject);
    case 'sweep':
      // The sweeper itself also visits the 255 shards in which nothing happens.
      return yield* sweepRecord(disk, disk.layout.place(id));
    case 'wait':
      return yield* step(() => {
        time.now += call.ms;
      });
  }
}

interface Process {
  readonly name: string;
  readonly disk: Disk;
  readonly calls: Call[];
  steps: Steps<unknown> | undefined;
  turn: IteratorResult<() => unknown, unknown> | undefined;
  made: Made | undefined;
}

/** One order of the steps. */
class Trial {
  readonly #scenario: Scenario;
  readonly #fs: MemoryFileSystem;
  readonly #time: { now: number };
  readonly #disk: Disk;
  readonly #made: Made[];
  readonly #trace: (() => string)[] = [];
  readonly #problems: string[] = [];
  readonly #disks: readonly Disk[];
  #processes: Process[];
  #running: Process | undefined;
  #switches: number;
  #deaths: number;
  #died = false;

  constructor(scenario: Scenario, world: World) {
    this.#scenario = scenario;
    this.#fs = world.fs.clone();
    this.#time = { now: world.now };
    this.#disk = createDisk(this.#fs, this.#time, (problem) => this.#problems.push(problem));
    this.#made = world.made.map((each) => ({ ...each }));
    this.#switches = scenario.switches;
    this.#deaths = scenario.deaths;
    // Each process remembers only what it has seen itself.
    this.#disks = scenario.processes.map(() => ({ ...this.#disk, lastSeen: new LastSeen() }));
    this.#processes = scenario.processes.map((calls, index) => ({
      name: String.fromCharCode(65 + index),
      disk: this.#disks[index] ?? this.#disk,
      calls: [...calls],
      steps: undefined,
      turn: undefined,
      made: undefined,
    }));
  }

  play(choices: { taken: number; options: number }[]): Fault | undefined {
    for (let depth = 0; this.#processes.length > 0; depth++) {
      const options = this.#options();
      choices[depth] ??= { taken: 0, options: options.length };
      options[choices[depth]?.taken ?? 0]?.();
    }
    return this.#judge();
  }

  #options(): (() => void)[] {
    const running = this.#running;
    if (running === undefined) return this.#processes.map((process) => () => this.#advance(process));
    const options = [() => this.#advance(running)];
    for (const other of this.#processes) {
      if (other === running || this.#switches === 0) continue;
      options.push(() => {
        this.#switches--;
        this.#advance(other);
      });
    }
    if (this.#deaths > 0 && running.made !== undefined) options.push(() => this.#kill(running));
    return options;
  }

  #advance(process: Process): void {
    this.#running = process;
    const call = process.calls[0];
    if (call === undefined) throw new Error('A process without calls takes no step.');
    if (process.steps === undefined) {
      process.steps = stepsOf(process.disk, this.#time, this.#scenario.id, call);
      process.turn = process.steps.next();
      process.made = { call, from: this.#trace.length, to: undefined, answer: undefined };
      this.#made.push(process.made);
    }
    if (process.turn !== undefined && !process.turn.done) {
      const act = process.turn.value;
      this.#trace.push(() => `${process.name} ${call.do}: ${String(act).replace(/\s+/g, ' ')}`);
      process.turn = resume(process.steps, attempt(act));
    }
    if (process.turn?.done === true) this.#finish(process, process.turn.value);
  }

  #finish(process: Process, answer: unknown): void {
    if (process.made !== undefined) {
      process.made.answer = answer;
      process.made.to = this.#trace.length - 1;
    }
    process.made = undefined;
    process.steps = undefined;
    process.calls.shift();
    if (process.calls.length === 0) this.#remove(process);
  }

  #kill(process: Process): void {
    this.#trace.push(() => `${process.name} dies`);
    this.#deaths--;
    this.#died = true;
    this.#remove(process);
  }

  #remove(process: Process): void {
    this.#processes = this.#processes.filter((other) => other !== process);
    this.#running = undefined;
  }

  #judge(): Fault | undefined {
    const markers = this.#fs
      .paths()
      .filter((path) => path.startsWith(`${this.#disk.layout.subjects}/`) && !path.endsWith('/'));
    // Only now: to list a subject is to clear its stale markers away.
    if (!this.#died && markers.length > 1) return this.#fault(`stale markers: ${markers.join(', ')}`);
    this.#ask();
    const truth: Truth = { now: this.#scenario.now, record: undefined };
    if (this.#problems.length > 0) return this.#fault(`reported: ${this.#problems.join('; ')}`);
    if (!isExplained(truth, this.#made)) return this.#fault('no order of the calls explains their answers');
    // What a crash has left behind is cleared away, and nothing else is.
    this.#cleanUp();
    this.#ask();
    if (!isExplained(truth, this.#made)) return this.#fault('the sweep changed an answer');
    const litter = this.#litter();
    return litter.length > 0 ? this.#fault(`left behind: ${litter.join(', ')}`) : undefined;
  }

  #ask(): void {
    // The processes that did the work as well as a new one.
    for (const disk of [this.#disk, ...this.#disks]) this.#askOf(disk, { do: 'read' });
    for (const subject of this.#scenario.subjects) this.#askOf(this.#disk, { do: 'list', subject });
  }

  #askOf(disk: Disk, call: Call): void {
    const at = this.#trace.push(() => `then ${call.do}`) - 1;
    const answer = run(stepsOf(disk, this.#time, this.#scenario.id, call));
    this.#made.push({ call, from: at, to: at, answer });
  }

  #cleanUp(): void {
    const { layout } = this.#disk;
    for (const label of this.#fs.list(layout.drafts)) this.#fs.rename(layout.draft(label), layout.grave(createLabel()));
    for (const label of this.#fs.list(layout.trash)) void run(purge(this.#disk, layout.grave(label)));
    void run(sweepRecord(this.#disk, layout.place(this.#scenario.id)));
  }

  /** What is on the disk besides a live record, its markers and empty shards. */
  #litter(): string[] {
    const { layout } = this.#disk;
    const { folder } = layout.place(this.#scenario.id);
    const paths = this.#fs.paths();
    const state = paths.find((path) => path.startsWith(`${folder}/current.`))?.split('.');
    const [label = '-', base = '-'] = state?.slice(3) ?? [];
    return paths.filter((path) => {
      if (path.startsWith(`${layout.drafts}/`) || path.startsWith(`${layout.trash}/`)) {
        return path !== `${layout.drafts}/` && path !== `${layout.trash}/`;
      }
      if (path.endsWith('/')) return path === `${folder}/` && state === undefined;
      if (path.startsWith(`${layout.subjects}/`)) return state === undefined;
      // A text that a dead process was about to put in place lies here until the record changes again.
      const pending = this.#died && path.endsWith(`.${label}.record`);
      return (
        path !== `${folder}/${state?.join('.').split('/').at(-1)}` &&
        path !== `${folder}/${label}.${base}.record` &&
        !pending
      );
    });
  }

  #fault(reason: string): Fault {
    return { trace: this.#trace.map((tell) => tell()), made: this.#made, paths: this.#fs.paths(), reason };
  }
}
