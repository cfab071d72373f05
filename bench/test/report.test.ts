import { describe, expect, it } from 'vitest';
import { drawPlot } from '../src/report/plot.js';
import { isReached } from '../src/report/section.js';
import { formatNumber, toMarkdownTable } from '../src/report/table.js';
import { goalsTable } from '../src/report/write-report.js';

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

  it('says which goals are reached, and never that one without a figure is', () => {
    expect(isReached(goal)).toBe(true);
    expect(isReached({ ...goal, reached: 1.01 })).toBe(false);
    expect(isReached({ ...goal, reached: Number.NaN })).toBe(false);
    expect(goalsTable([goal, { ...goal, reached: 2 }])).toMatch(/reached \|\n.*\*\*not reached\*\*/);
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
