import type { Sessions } from './sessions.js';

/** Says each kind of insecurity once, with its remedy. */
export function warnOfInsecurity<T extends object>(sessions: Pick<Sessions<T>, 'on'>): void {
  const warned = new Set<string>();
  sessions.on('insecure', ({ problem, remedy }) => {
    if (warned.has(problem)) return;
    warned.add(problem);
    warn(remedy, `SESS_${problem.replaceAll('-', '_').toUpperCase()}`);
  });
}

/** Says in production that nobody has chosen a store. For adapters that take memory for one then. */
export function warnOfDefaultStore(): void {
  if (!isProduction()) return;
  warn(
    'No store was given: sessions are in the memory of this process, end with it, and are unknown to any other. Give session() a store, ' +
      'such as one of @sess/store-redis, @sess/store-postgres or @sess/store-file; or, if memory is what you want, store: memoryStore() of @sess/store-memory.',
    'SESS_DEFAULT_STORE',
  );
}

interface Process {
  readonly emitWarning?: (message: string, options: { readonly type: string; readonly code: string }) => void;
}

/** As a warning of the process, where there is such a thing (Node, Bun, Deno); else on the console. */
function warn(message: string, code: string): void {
  const { process } = globalThis as { readonly process?: Process };
  if (typeof process?.emitWarning === 'function') process.emitWarning(message, { type: 'SessWarning', code });
  // biome-ignore lint/suspicious/noConsole: a warning that nobody is to miss.
  else console.warn(`SessWarning [${code}]: ${message}`);
}

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** The expression is spelled as bundlers for workers replace it; where nobody has, there may be no `process`. */
function isProduction(): boolean {
  try {
    return process.env.NODE_ENV === 'production';
  } catch {
    return false;
  }
}
