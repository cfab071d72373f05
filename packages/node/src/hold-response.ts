import type { NodeResponse, Response } from './response.js';
import { ResponseHold } from './response-hold.js';
import type { ResponseHooks } from './response-hooks.js';

/**
 * Holds back everything `response` is given to send until `hooks.beforeHead` is done, and its end until
 * `hooks.beforeEnd` is done. If they answer at once, so does the response: nothing is deferred or queued. Otherwise the
 * calls are queued and made in order afterwards; meanwhile `headersSent` is true, after `end` `writableEnded` too, and
 * `write` answers false once `writableHighWaterMark` is reached. Informational answers (1xx) are not held.
 *
 * Callbacks of a `write` or an `end` whose output was dropped get the error. If the client has gone, the hooks still run
 * when the handler ends, and the output goes nowhere. Several holds of one response run from the last to the first, as
 * wrappers of `writeHead` do. On a response whose head has left, only `beforeEnd` is called; on an ended one, nothing.
 */
export function holdResponse(response: NodeResponse, hooks: ResponseHooks): void {
  if (!response.writableEnded) new ResponseHold(response as unknown as Response, hooks);
}
