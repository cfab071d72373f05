import { isPromiseLike } from '@sess/core';

/** Something in the directory that the store did not write, cannot read, or cannot remove. It is left as it is. */
export interface FileStoreProblem {
  /** The file or folder. */
  readonly path: string;
  /** What is wrong with it, as a sentence without its full stop. */
  readonly reason: string;
}

/** Reports a problem; never throws. */
export type Report = (path: string, reason: string) => void;

const mostRemembered = 1000;

/** What marks this store's process warnings. */
const warning = { type: 'SessWarning', code: 'SESS_STORE_FILE' } as const;

/** Creates a `Report` that passes each problem to `listener` once, even if it recurs at every request. */
export function createReport(listener: (problem: FileStoreProblem) => void): Report {
  const known = new Set<string>();
  return (path, reason) => {
    const key = `${path}\n${reason}`;
    if (known.has(key)) return;
    if (known.size >= mostRemembered) known.clear();
    known.add(key);
    try {
      const outcome: unknown = listener({ path, reason });
      if (isPromiseLike(outcome)) outcome.then(undefined, warnOfListener);
    } catch (error) {
      warnOfListener(error);
    }
  };
}

/** What was being reported must go on all the same, a destroy above all. */
function warnOfListener(error: unknown): void {
  process.emitWarning(`onProblem of fileStore failed: ${String(error)}`, warning);
}

/** The default listener: a warning of the process. */
export function warnOfProblem({ path, reason }: FileStoreProblem): void {
  process.emitWarning(`${path}: ${reason}. It was left as it is.`, warning);
}
