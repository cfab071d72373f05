import type { Section } from '../report/section.js';
import { measureMemory } from './memory-part.js';
import { measureOutside } from './outside-part.js';

/** Measures the memory stores from a thousand sessions to a million, and the others to a hundred thousand. */
export async function scaleSection(isQuick: boolean): Promise<Section> {
  const memory = await measureMemory(
    isQuick ? { sizes: [1000, 10_000], blocks: 3 } : { sizes: [1000, 10_000, 100_000, 1_000_000], blocks: 10 },
  );
  const outside = await measureOutside(
    isQuick ? { sizes: [1000], blocks: 3 } : { sizes: [1000, 10_000, 100_000], blocks: 15 },
  );
  return {
    title: 'From a thousand sessions to a million',
    text: [memory.text, outside.text].join('\n\n'),
    figures: { memory: memory.figures, outside: outside.figures },
    goals: memory.goals,
    plots: [memory.plot],
  };
}
