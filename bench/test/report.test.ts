import { describe, expect, it } from 'vitest';
import { drawPlot } from '../src/report/plot.js';
import { verdictOf } from '../src/report/section.js';
import { formatNumber, formatRange, toMarkdownTable } from '../src/report/table.js';
import { fromJson, goalsTable, toJson } from '../src/report/write-report.js';

const goal = { id: 'a', what: 'a figure', reached: 0.5, atMost: 1, unit: 'ratio' } as const;

describe('the report', () => {
  it('lines a table up for Markdown', () => {
    expect(toMarkdownTable(['a', 'b'], [['x', '1']])).toBe('| a | b |\n| --- | --: |\n| x | 1 |');
  });

  it.each([
    [1234.5, '1235'],
    [12.34, '12.3'],
    [0.123, '0.12'],
    [Number.NaN, '–'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [[0.1, 0.25], '0.10–0.25'],
    [[-2, -1.5], '-2.0 to -1.5'],
    [[Number.NaN, Number.NaN], '–'],
  ] as const)('writes the range %j as %s', (range, text) => {
    expect(formatRange(range)).toBe(text);
  });

  it.each([
    [{ interval: [-1, 1] }, 'reached'],
    [{ interval: [-1, 1.01] }, 'undetermined'],
    [{ reached: 2, interval: [0.9, 3] }, 'undetermined'],
    [{ reached: 2, interval: [1.01, 3] }, 'not reached'],
    [{ reached: Number.NaN, interval: [Number.NaN, Number.NaN] }, 'undetermined'],
    // Counted, or of an older result.
    [{}, 'reached'],
    [{ reached: 1.01 }, 'not reached'],
    [{ reached: Number.NaN }, 'undetermined'],
  ] as const)('of an aim of 1 it says of %j: %s', (measured, verdict) => {
    expect(verdictOf({ ...goal, ...measured })).toBe(verdict);
    expect(goalsTable([{ ...goal, ...measured }])).toContain(verdict);
  });

  it('keeps results as they were, also figures that are none', () => {
    const results = { a: { goals: [{ ...goal, reached: Number.NaN, interval: [-0.5, 2e-7] }], text: '[1,\n2]' } };
    expect(fromJson(toJson(results))).toEqual(results);
    expect(toJson(results)).toContain('"interval": [ -0.5, 2e-7 ]');
  });

  it('explains two misses of one kind once', () => {
    const missed = { ...goal, id: 'size', reached: 2 };
    const text = goalsTable([missed, { ...missed, what: 'another' }]);
    expect(text.match(/\*\*not reached\*\* \(1\)/g)).toHaveLength(2);
    expect(text.match(/^1\. /gm)).toHaveLength(1);
    expect(text).not.toMatch(/^2\. /m);
  });

  it('draws a bar for each row', async () => {
    const rows = [
      { group: 'read', name: 'Sess', value: 1, quartiles: [0.5, 2] as const },
      { group: 'read', name: 'another', value: 3 },
    ];
    const svg = await drawPlot({ name: 'plot', title: 'A title', unit: 'µs', rows });

    expect(svg).toContain('A title');
    expect(svg.match(/aria-roledescription="bar"/g)).toHaveLength(2);
  });
});
