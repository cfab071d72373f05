import type { Awaitable, HeadAdditions } from '@sess/core';

/** What has to happen before a held response's output leaves, and when that goes wrong. */
export interface ResponseHooks {
  /**
   * Called once, just before the head leaves. Returns the headers to add, or a promise of them; until it is fulfilled
   * no byte leaves. A throw or a rejection means: nothing of this response may leave.
   */
  beforeHead(): Awaitable<HeadAdditions | undefined>;

  /**
   * Called once, when the body ends, unless the end itself called `beforeHead`: what has happened since can
   * no longer add headers. The end is passed on when it is done. A throw or a rejection means: the answer must not
   * appear complete.
   */
  beforeEnd?(): Awaitable<void>;

  /**
   * Called from a clean stack when a hook has failed or what was held could not be sent.
   *
   * If `response.headersSent` is false, everything the handler had written is gone, as are the headers that described it, the
   * status is 500, and the response waits for another answer, which is no longer held. If it is true, the
   * answer had begun to leave and the connection (HTTP/2: the stream) has been destroyed, so that nobody takes what
   * has arrived for the whole.
   */
  failed(error: unknown): void;
}
