import type { RefusalReason } from '../events.js';
import { type Flow, wait } from '../flow.js';
import { decodeBody } from '../record.js';
import type { Runtime } from '../runtime.js';
import { isOver, type LiveSession } from './live-session.js';

/** Takes a session from the store anew, with its data; or tells why that is not the session any more. */
export function* rereadSession(
  runtime: Runtime,
  { record, envelope }: LiveSession,
): Flow<{ readonly live: LiveSession; readonly data: object } | RefusalReason> {
  const current = yield* wait(runtime.store.read(record.id));
  if (current === undefined) return 'gone';
  const decoded = decodeBody(current.body);
  if (typeof decoded === 'string') return 'corrupt';
  if (decoded.envelope.generation !== envelope.generation) return 'superseded';
  if (isOver(runtime, current, decoded.envelope, runtime.now())) return 'expired';
  const loaded = yield* wait(runtime.data.load(decoded.dataText));
  if (typeof loaded === 'string') return loaded;
  return { live: { record: current, envelope: decoded.envelope, baseText: loaded.text }, data: loaded.data };
}
