import type { Section } from '../report/section.js';
import { measureMemory } from './memory-part.js';

/** Measures the memory stores from a thousand sessions to a million. */
export async function scaleSection(isQuick: boolean): Promise<Section> {
  const { text, figures, goals, plot } = await measureMemory(
    isQuick ? { sizes: [1000, 10_000], blocks: 3 } : { sizes: [1000, 10_000, 100_000, 1_000_000], blocks: 10 },
  );
  return { title: 'Memory stores from a thousand sessions to a million', text, figures, goals, plots: [plot] };
}
