import { configError } from '../errors.js';
import type { Runtime } from '../runtime.js';
import type { LoginOptions } from '../session.js';

/**
 * Whether a login asks that its session be remembered. Throws `ERR_SESS_CONFIG` if nobody is remembered here, and for what TypeScript would
 * not have let pass: a form's `'off'`, taken for a yes, would keep somebody logged in for months.
 */
export function readRemember({ rememberedExpiry }: Runtime, options: LoginOptions | null | undefined): boolean {
  const { remember = false, ...others } = asObject(options ?? {});
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw configError(`login has no option ${unknown}; there is remember.`);
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

function asObject(options: unknown): { readonly remember?: unknown } {
  if (typeof options === 'object' && options !== null) return options;
  throw configError(`login takes options such as { remember: true }, and was given a ${typeof options}.`);
}
