import type { RefusalReason } from '../events.js';
import { type Flow, wait } from '../flow.js';
import { decodeBody } from '../record.js';
import type { Runtime } from '../runtime.js';
import { isOver, type LiveSession } from './live-session.js';

/** Reads a session from the store again, with its data; or returns why it is no longer the session. */
export function* rereadSession(
  runtime: Runtime,
  live: LiveSession,
): Flow<{ readonly live: LiveSession; readonly data: object } | RefusalReason> {
  const askedAt = runtime.now();
  const current = yield* wait(runtime.store.read(live.record.id));
  if (current === undefined) return 'gone';
  const decoded = decodeBody(current.body);
  if (typeof decoded === 'string') return 'corrupt';
  const { envelope } = decoded;
  if (envelope.generation !== live.envelope.generation) return 'superseded';
  if (isOver(runtime, current, envelope, runtime.now())) {
    // If it was alive when the store was asked, another request may have extended it in the meantime (E2).
    return isOver(runtime, current, envelope, askedAt) ? 'expired' : yield* rereadSession(runtime, live);
  }
  const loaded = yield* wait(runtime.data.load(decoded.dataText));
  if (typeof loaded === 'string') return loaded;
  return { live: { record: current, envelope, baseText: loaded.text }, data: loaded.data };
}
