import type { Clock } from './clock.js';
import type { CookieWriter } from './cookie/cookie-writer.js';
import type { DataFormat } from './data-format.js';
import type { Digest } from './digest.js';
import type { EventHub, SessionEvents } from './events.js';
import type { ExpiryPolicy } from './expiry.js';
import type { GuardedStore } from './guarded-store.js';
import type { KeyedMutex } from './keyed-mutex.js';
import type { Keyring } from './keyring.js';
import type { RotationPolicy } from './secrets.js';
import type { SessionHandle, SessionHost } from './session-handle.js';
import type { SubjectSessions } from './subject-sessions.js';

/** What the exchanges of one session manager share: its options, prepared for use. */
export interface Runtime {
  readonly cookieName: string;
  readonly clock: Clock;
  readonly cookies: CookieWriter;
  readonly data: DataFormat;
  readonly digest: Digest;
  readonly events: EventHub;
  readonly expiry: ExpiryPolicy;
  /** The limits of remembered sessions; `undefined` without the option `remember`. */
  readonly rememberedExpiry: ExpiryPolicy | undefined;
  readonly keyring: Keyring;
  readonly rotation: RotationPolicy;
  readonly store: GuardedStore;
  readonly subjects: SubjectSessions;
  readonly writers: KeyedMutex;
  /** How long, in ms, a write contends for its turn. */
  readonly storeTimeout: number;
  /** What happens to a request whose session cannot be read. */
  readonly onStoreError: 'throw' | 'anonymous';
  /** The directives of the `Clear-Site-Data` header that goes with a logout; empty for none. */
  readonly clearSiteData: string;
  /** The event for a cookie that cannot be sent over plain HTTP. */
  readonly unsendableCookie: SessionEvents['insecure'];
  /** The current time in epoch ms, which never runs backwards (E4). */
  now(): number;
  /** Makes the object that handlers hold. */
  createHandle(host: SessionHost): SessionHandle;
  /** Called after each new record. */
  sweepSometimes(): void;
}
