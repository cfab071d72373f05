import type { Sessions } from './sessions.js';

/** Warns once of each kind of insecurity, with its remedy. */
export function warnOfInsecurity<T extends object>(sessions: Pick<Sessions<T>, 'on'>): void {
  const warned = new Set<string>();
  sessions.on('insecure', ({ problem, remedy }) => {
    if (warned.has(problem)) return;
    warned.add(problem);
    warn(remedy, `SESS_${problem.replaceAll('-', '_').toUpperCase()}`);
  });
}

/** Warns, in production, that no store was chosen. For adapters that then use memory. */
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

/** Emits a process warning where that is possible (Node, Bun, Deno); else writes to the console. */
function warn(message: string, code: string): void {
  const { process } = globalThis as { readonly process?: Process };
  if (typeof process?.emitWarning === 'function') process.emitWarning(message, { type: 'SessWarning', code });
  // biome-ignore lint/suspicious/noConsole: this warning must be seen.
  else console.warn(`SessWarning [${code}]: ${message}`);
}

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Spelled as bundlers for workers replace it; without one, there may be no `process`. */
function isProduction(): boolean {
  try {
    return process.env.NODE_ENV === 'production';
  } catch {
    return false;
  }
}
