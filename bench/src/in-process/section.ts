import type { Goal, Section } from '../report/section.js';
import { formatNumber, toMarkdownTable } from '../report/table.js';
import { ratioOfAdded } from '../statistics.js';
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
    'KB allocated.',
    tableOf(group, (cost) => formatNumber(Math.max(0, cost.allocated.median))),
    'Times as much as the first row: the CPU time of the others, where both are more than nothing.',
    ratiosOf(group),
  ]);
  return {
    title: 'What a session adds to a request, without a network',
    text: [intro(effort), ...tables].join('\n\n'),
    figures: { effort, groups },
    goals: goalsOf(groups),
    plots: [plotOf(groups)],
  };
}

function intro({ starts, rounds, requests, warmUp }: Effort): string {
  return (
    'Real requests and responses of `node:http` on a socket that swallows what it is sent, so nothing but the framework and the session is measured. ' +
    'Each contender has a process of its own, as in use: several Express applications in one process change what V8 makes of their requests. ' +
    `${starts} times everybody starts anew; after ${warmUp} requests of each kind come ${rounds} rounds in which they take turns at ${requests} requests of each kind. ` +
    "The bare framework's time in the same turn is subtracted. CPU time of the process; a median passes the measurements over in which a large garbage collection fell, for which the memory allocated stands. Before measuring, each contender has shown that it keeps, changes, renews and forgets."
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
      const isTelling = mine !== undefined && theirs !== undefined && mine.time.median > 0 && theirs.time.median > 0;
      return isTelling ? formatNumber(theirs.time.median / mine.time.median) : '–';
    }),
  ]);
  return toMarkdownTable([group.framework, ...operations], rows);
}

function withQuartiles({ median, quartiles: [low, high] }: Cost['time']): string {
  return `${formatNumber(median)} (${formatNumber(low)}–${formatNumber(high)})`;
}

function goalsOf(groups: readonly GroupResult[]): Goal[] {
  const goals: Goal[] = [];
  const compare = (framework: string, other: string, operation: Operation, atMost: number) => {
    const rows = groups.find((group) => group.framework === framework)?.rows;
    const time = (name: string) => rows?.find((row) => row.name === name)?.added[operation]?.time;
    const [own, others, least] = [time(sess), time(other), time(floorName)];
    if (own === undefined || others === undefined)
      throw new Error(`${sess} or ${other} was not measured at ${operation}.`);
    const what = `${framework}, ${operation}: time over bare, beside ${other}`;
    const id = `${framework}/${operation}/${other}`;
    const floor = least === undefined || other === floorName ? {} : { floor: ratioOfAdded(least, others) };
    goals.push({ id, what, reached: ratioOfAdded(own, others), atMost, unit: 'ratio', ...floor });
  };
  const expressSession = 'express-session + MemoryStore';
  for (const operation of ['new, untouched', 'read 200 B', 'write 200 B'] as const)
    compare('Express', expressSession, operation, 0.1);
  for (const operation of ['read 4 KB', 'write 4 KB'] as const) compare('Express', expressSession, operation, 0.2);
  for (const operation of operations) compare('Express', floorName, operation, 2);
  for (const operation of ['read 200 B', 'write 200 B', 'read 4 KB', 'write 4 KB'] as const) {
    compare('Koa', 'koa-session + memory', operation, 0.2);
    compare('Fastify', '@fastify/session', operation, 0.2);
  }
  return goals;
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
