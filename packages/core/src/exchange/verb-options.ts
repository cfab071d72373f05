import { configError, SessError } from '../errors.js';
import { isPromiseLike } from '../flow.js';
import type { Runtime } from '../runtime.js';
import type { LoginOptions } from '../session.js';

/**
 * Whether a login asks that its session be remembered. Throws `ERR_SESS_CONFIG` if nobody is remembered here, and for what TypeScript would
 * not have let pass: a form's `'off'`, taken for a yes, would keep somebody logged in for months.
 */
export function readRemember({ rememberedExpiry }: Runtime, options: LoginOptions | null | undefined): boolean {
  const { remember = false } = readObject('login', 'remember: true', options);
  if (typeof remember !== 'boolean') {
    throw configError(
      `login: remember is of type ${remember === null ? 'null' : typeof remember}; it takes true or false, such as form.remember === 'on'.`,
    );
  }
  if (!remember || rememberedExpiry !== undefined) return remember;
  throw configError(
    'login is to remember the session, but there is no option remember to say for how long. ' +
      "Give one, such as remember: { idleTimeout: '14d', absoluteTimeout: '90d' }. Nothing was stored.",
  );
}

/** The names of the data that a `regenerate` is to take along. Throws `ERR_SESS_CONFIG` for what TypeScript would not have let pass. */
export function readKeep(options: unknown): readonly string[] {
  const { keep = [] } = readObject('regenerate', "keep: ['cart']", options);
  if (Array.isArray(keep) && keep.every((name) => typeof name === 'string')) return keep;
  throw configError("regenerate: keep takes a list of names, such as { keep: ['cart'] }.");
}

/** Whether `readKeep` takes these options. */
export function isKeep(options: unknown): boolean {
  try {
    readKeep(options);
    return true;
  } catch {
    return false;
  }
}

/** Throws `ERR_SESS_DATA` unless `data` can take the place of a session's data. */
export function assertNewData(data: unknown): asserts data is object {
  if (typeof data === 'object' && data !== null && !Array.isArray(data) && !isPromiseLike(data)) return;
  throw new SessError(
    'ERR_SESS_DATA',
    `session.replace() takes an object with the new data; what it was given is ${nameGiven(data)}.`,
  );
}

function nameGiven(data: unknown): string {
  if (data === null) return 'null';
  if (Array.isArray(data)) return 'a list';
  // Without an `await`, it would have emptied the session.
  return isPromiseLike(data) ? 'a promise' : `of type ${typeof data}`;
}

/** The options of a verb, of which there is one, shown in `example`; none if they are absent. */
function readObject(verb: string, example: string, options: unknown): Readonly<Record<string, unknown>> {
  const [name = ''] = example.split(':', 1);
  const given: unknown = options ?? {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw configError(
      `${verb} takes options such as { ${example} }, and was given a ${Array.isArray(given) ? 'list' : typeof given}.`,
    );
  }
  const unknown = Object.keys(given).find((key) => key !== name);
  if (unknown !== undefined) throw configError(`${verb} has no option ${unknown}; there is ${name}.`);
  return given as Readonly<Record<string, unknown>>;
}
