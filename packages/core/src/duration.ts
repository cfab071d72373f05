import ms, { type StringValue } from 'ms';
import { configError } from './errors.js';

/** A length of time: milliseconds, or a text such as `'30m'`, `'1h'` or `'7 days'` (see the `ms` package). */
export type Duration = number | StringValue;

/** The duration `value` of the option called `name`, in whole milliseconds; anything unusable is a configuration error. */
export function parseDuration(name: string, value: Duration): number {
  const isText = typeof value === 'string' && value.length > 0 && value.length <= 100;
  const parsed = isText ? ms(value) : value;
  if (typeof parsed !== 'number' || !Number.isFinite(parsed) || parsed < 0) {
    throw configError(
      `${name} is ${show(value)}; it takes milliseconds (60000) or a text such as '30m', finite and not negative.`,
    );
  }
  return Math.floor(parsed);
}

/** As `parseDuration`, for a duration that cannot be zero. */
export function parsePositiveDuration(name: string, value: Duration): number {
  const parsed = parseDuration(name, value);
  if (parsed === 0) throw configError(`${name} is ${show(value)}; it must be longer than 0 ms.`);
  return parsed;
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : String(value);
}
