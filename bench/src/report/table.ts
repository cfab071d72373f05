/** A table in Markdown. The first column is text, the others are figures. */
export function toMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A number with as many decimals as its size deserves. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(size >= 100 ? 0 : size >= 1 ? 1 : 2);
}

/** The two ends of a range. */
export function formatRange([low, high]: readonly [number, number]): string {
  // A dash alone would be read as a minus.
  const between = low < 0 || high < 0 ? ' to ' : '–';
  return Number.isFinite(low) && Number.isFinite(high) ? `${formatNumber(low)}${between}${formatNumber(high)}` : '–';
}
