import { ratioOfMedians } from '../ratio.js';
import type { Goal, Section } from '../report/section.js';
import { formatNumber, formatRange, toMarkdownTable } from '../report/table.js';
import { floorName } from './floor.js';
import { groups as allGroups } from './groups.js';
import { type Cost, type Effort, type GroupResult, measureGroup } from './measure-group.js';
import { type Operation, operations } from './operations.js';

const sess = 'Sess + memory store';

/** Measures what a session adds to one request, on every framework, and reports it. */
export async function inProcessSection(effort: Effort): Promise<Section> {
  const groups: GroupResult[] = [];
  for (const group of allGroups) groups.push(await measureGroup(group, effort));
  return describeGroups(effort, groups);
}

/** The report of what was measured. */
export function describeGroups(effort: Effort, groups: readonly GroupResult[]): Section {
  const tables = groups.flatMap((group) => [
    `### ${group.framework}`,
    `µs of CPU added to one request (in brackets the quartiles); a bare request takes ${formatNumber(group.bare.time.median)} µs.`,
    tableOf(group, (cost) => withQuartiles(cost.time)),
    'KB allocated, by the measurements into which no garbage collection fell; a dash where there was none.',
    tableOf(group, (cost) => formatNumber(cost.allocated.median)),
    'Times as much as the first row: the CPU time of the others, where the lower quartiles of both lie above nothing.',
    ratiosOf(group),
  ]);
  return {
    title: 'What a session adds to a request, without a network',
    text: [intro(effort), ...tables].join('\n\n'),
    figures: { effort, groups },
    goals: goalsOf(groups, effort.starts),
    plots: [plotOf(groups)],
  };
}

function intro({ starts, rounds, requests, warmUp }: Effort): string {
  return (
    'Real requests and responses of `node:http` on a socket that swallows what it is sent, so nothing but the framework and the session is measured. ' +
    'Each contender has a process of its own, as in use: several Express applications in one process change what V8 makes of their requests. ' +
    `${starts} times everybody starts anew; after ${warmUp} requests of each kind come ${rounds} rounds in which they take turns at ${requests} requests of each kind. ` +
    "The bare framework's time in the same turn is subtracted. CPU time of the process; a median passes the measurements over in which a large garbage collection fell, for which the memory allocated stands. " +
    'What is read or written belongs to one of a thousand sessions, which come in turn. Before measuring, each contender has shown that it keeps, changes, renews and forgets.\n\n' +
    'At every read express-session touches its store and @fastify/session, by its default `rolling: true`, saves the session and sets the cookie; koa-session does neither. Sess ' +
    'touches its store a minute after it last did, at the earliest, so no read of its first row does; the row that touches at every read shows what the minute saves, and the one with `rolling: false` what ' +
    '@fastify/session saves by it.'
  );
}

function tableOf(group: GroupResult, format: (cost: Cost) => string): string {
  const rows = group.rows.map(({ name, added }) => [
    name,
    ...operations.map((operation) => {
      const cost = added[operation];
      return cost === undefined ? '–' : format(cost);
    }),
  ]);
  return toMarkdownTable([group.framework, ...operations], rows);
}

function ratiosOf(group: GroupResult): string {
  const own = group.rows[0]?.added;
  const rows = group.rows.slice(1).map(({ name, added }) => [
    name,
    ...operations.map((operation) => {
      const [mine, theirs] = [own?.[operation], added[operation]];
      const isTelling =
        mine !== undefined && theirs !== undefined && mine.time.quartiles[0] > 0 && theirs.time.quartiles[0] > 0;
      return isTelling ? formatNumber(theirs.time.median / mine.time.median) : '–';
    }),
  ]);
  return toMarkdownTable([group.framework, ...operations], rows);
}

function withQuartiles({ median, quartiles }: Cost['time']): string {
  return `${formatNumber(median)} (${formatRange(quartiles)})`;
}

/** A goal: Sess on `framework` takes at most `atMost` times as much as `other`. */
interface Aim {
  readonly framework: string;
  readonly other: string;
  readonly operations: readonly Operation[];
  readonly atMost: number;
}

const expressSession = { framework: 'Express', other: 'express-session + MemoryStore' };
const aims: readonly Aim[] = [
  { ...expressSession, operations: ['new, untouched', 'read 200 B', 'write 200 B'], atMost: 0.1 },
  { ...expressSession, operations: ['read 4 KB', 'write 4 KB'], atMost: 0.2 },
  { framework: 'Koa', other: 'koa-session + memory', operations, atMost: 0.2 },
  { framework: 'Fastify', other: '@fastify/session', operations, atMost: 0.2 },
  ...['Express', 'Koa', 'Fastify'].map((framework) => ({ framework, other: floorName, operations, atMost: 2 })),
];

function goalsOf(groups: readonly GroupResult[], starts: number): Goal[] {
  return aims.flatMap(({ framework, other, operations, atMost }) => {
    const rows = groups.find((group) => group.framework === framework)?.rows;
    return operations.map((operation) => {
      const ratioOf = (name: string) => {
        const [own, others] = [name, other].map((each) => rows?.find((row) => row.name === each)?.added[operation]);
        if (own === undefined || others === undefined)
          throw new Error(`${name} or ${other} was not measured at ${operation}.`);
        return ratioOfMedians(own.rounds, others.rounds, starts);
      };
      const { value, interval } = ratioOf(sess);
      return {
        id: `${framework}/${operation}/${other}`,
        what: `${framework}, ${operation}: time over bare, beside ${other}`,
        reached: value,
        interval,
        atMost,
        unit: 'ratio' as const,
        ...(other === floorName ? {} : { floor: ratioOf(floorName).value }),
      };
    });
  });
}

function plotOf(groups: readonly GroupResult[]): NonNullable<Section['plots']>[number] {
  const shown: readonly Operation[] = ['new, untouched', 'create 200 B', 'read 200 B', 'write 200 B'];
  const express = groups.find((group) => group.framework === 'Express');
  const rows = (express?.rows ?? []).flatMap(({ name, added }) =>
    shown.flatMap((operation) => {
      const time = added[operation]?.time;
      return time === undefined ? [] : [{ group: operation, name, value: time.median, quartiles: time.quartiles }];
    }),
  );
  return { name: 'bench-in-process', title: 'CPU time a session adds to one request (Express)', unit: 'µs', rows };
}
