import type { SessionOptions } from '@sess/core';
import type { Fault } from './faults.js';
import type { TimePolicy } from './time-policy.js';

/** What a handler does with its session, one step after the other. Numbers choose among what is there, modulo its size. */
export type Step =
  | { readonly do: 'set'; readonly key: 'a' | 'b' | 'c' | 'r' }
  | { readonly do: 'delete'; readonly key: 'a' | 'b' | 'c' }
  | { readonly do: 'increment' | 'add' | 'remove' | 'raise' }
  /** Puts an object with a new `a`, and without `b` and `c`, in the place of the data. */
  | { readonly do: 'replace' }
  /** `isAwaited: false`: the handler goes on while the verb is under way. */
  | { readonly do: 'save' | 'touch' | 'destroy'; readonly isAwaited: boolean }
  | { readonly do: 'reload' | 'rotate' }
  | { readonly do: 'login'; readonly subject: string; readonly isRemembered: boolean }
  | { readonly do: 'regenerate'; readonly keep: readonly string[] }
  /** Begins to regenerate and then destroys without waiting. */
  | { readonly do: 'regenerate, destroy'; readonly keep: readonly string[] }
  /** Lets others go first. */
  | { readonly do: 'pause' };

/** What a request's `Cookie` header shows. */
export type Shown =
  /** What the browser of the lane has. */
  | { readonly show: 'own' }
  /** Any token that some response has carried. */
  | { readonly show: 'known'; readonly which: number }
  | { readonly show: 'none' | 'made up' | 'wrong secret' };

/** A request, from its cookie to its response. */
export interface VisitScript {
  readonly type: 'visit';
  readonly shown: Shown;
  readonly process: number;
  /** Whether the handler looks at its session at all. */
  readonly looks: boolean;
  readonly steps: readonly Step[];
  /** Steps after the response's head has left. */
  readonly afterHead: readonly Step[];
  /**
   * `lost`: the response never reaches the browser. `aborted`: the handler goes away without a response. `left`: the client does, and what the
   * handler has done is stored all the same.
   */
  readonly end: 'answered' | 'lost' | 'aborted' | 'left';
}

/** A visit with the browser's own token that looks at its session and changes nothing. */
export const plainVisit: VisitScript = {
  type: 'visit',
  shown: { show: 'own' },
  process: 0,
  looks: true,
  steps: [],
  afterHead: [],
  end: 'answered',
};

/** What one lane does; the lanes of a script run concurrently, and each does one thing after another. */
export type Action =
  | VisitScript
  | { readonly type: 'revoke'; readonly which: number; readonly process: number }
  | {
      readonly type: 'revokeAll';
      readonly subject: string;
      readonly except: number | undefined;
      readonly process: number;
    }
  | { readonly type: 'find'; readonly which: number; readonly process: number }
  | { readonly type: 'list'; readonly subject: string; readonly process: number }
  | { readonly type: 'wait'; readonly ms: number }
  /** Something foreign is written over the record. */
  | { readonly type: 'poison'; readonly which: number }
  /** A process dies where it stands, and another takes its place. */
  | { readonly type: 'crash'; readonly process: number };

/** Everything about a schedule but the order in which things happen. */
export interface Plan {
  readonly policy: TimePolicy;
  readonly options: Omit<SessionOptions, 'store' | 'clock'>;
  readonly isDigestAsync: boolean;
  /** Whether a listener throws at every event. */
  readonly hasFaultyListener: boolean;
  /** Whether calls waiting for the store are waited for until they time out; else they are left where they are. */
  readonly isPatient: boolean;
  /** Whether all lanes share one browser, or each begins with a copy of the first token. */
  readonly hasOneBrowser: boolean;
  /** What happens before the lanes begin, undisturbed. */
  readonly prelude: readonly Action[];
  readonly lanes: readonly (readonly Action[])[];
  readonly faults: readonly Fault[];
}
