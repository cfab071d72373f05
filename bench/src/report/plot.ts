import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Plot } from './section.js';

/** Draws a plot as SVG. */
export async function drawPlot(plot: Plot): Promise<string> {
  const view = new View(parse(compile(toSpec(plot)).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function toSpec({ title, unit, rows }: Plot): TopLevelSpec {
  const names = [...new Set(rows.map(({ name }) => name))];
  const values = rows.map(({ quartiles, ...row }) => ({ ...row, low: quartiles?.[0], high: quartiles?.[1] }));
  const y = { field: 'name', type: 'nominal' as const, sort: names, title: null, axis: { labelLimit: 260 } };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    title: { text: title, anchor: 'start' },
    data: { values },
    facet: {
      row: { field: 'group', type: 'nominal', sort: null, title: null, header: { labelAngle: 0, labelAlign: 'left' } },
    },
    spec: {
      width: 420,
      layer: [
        {
          mark: { type: 'bar' },
          encoding: {
            y,
            x: { field: 'value', type: 'quantitative', title: unit },
            color: { condition: { test: "indexof(datum.name, 'Sess') === 0", value: '#1f6f54' }, value: '#b8c2bd' },
          },
        },
        ...(values.some(({ low }) => low !== undefined)
          ? [
              {
                mark: { type: 'rule' as const, color: '#333' },
                encoding: { y, x: { field: 'low', type: 'quantitative' as const }, x2: { field: 'high' } },
              },
            ]
          : []),
      ],
    },
  };
}
