/** The longest string that is shown whole. */
const shownLength = 60;

/** How many items of a list are shown. */
const shownItems = 4;

/** A time from which `show` counts (epoch ms), and up to how far off a number is taken for a time. */
export interface TimeOrigin {
  readonly start: number;
}

const timeRange = 10 * 365 * 86_400_000;

/**
 * A value as a reader wants to see it: long strings cut, invisible characters escaped, and, given an origin, times
 * as `t+1000`: milliseconds after the case began.
 */
export function show(value: unknown, origin?: TimeOrigin): string {
  if (typeof value === 'string') return showString(value);
  if (typeof value === 'number') return showNumber(value, origin);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return showList(value, origin);
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${show(field, origin)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function showList(items: readonly unknown[], origin: TimeOrigin | undefined): string {
  const shown = items.slice(0, shownItems).map((item) => show(item, origin));
  const left = items.length - shown.length;
  return `[${[...shown, ...(left > 0 ? [`… ${left} more …`] : [])].join(', ')}]`;
}

function showString(text: string): string {
  if (text.length <= shownLength) return quote(text);
  return `${quote(text.slice(0, shownLength))}… (${text.length} characters)`;
}

function quote(text: string): string {
  const body = JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"');
  return `'${body.replace(/[^\x20-\x7e]/gu, escapeCharacter)}'`;
}

/** Letters that look alike can be told apart only by code point, so only ASCII is shown as it is. */
function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function showNumber(value: number, origin: TimeOrigin | undefined): string {
  if (origin === undefined || Math.abs(value - origin.start) > timeRange) return String(value);
  const offset = value - origin.start;
  return offset < 0 ? `t-${-offset}` : `t+${offset}`;
}
