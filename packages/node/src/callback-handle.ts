import { type LoginOptions, SessionHandle, type SessionHost, sealMembers } from '@sess/core';

/** Called when a verb is done: with nothing, or with what went wrong. Typed as a method, so that it may name the error that it expects. */
export type Callback = { call(error?: unknown): void }['call'];

type Keep = { readonly keep?: readonly string[] };

/** The session object on Node, whose verbs also take callbacks: passport and similar libraries, on Koa and Fastify too, pass them. */
export class CallbackHandle extends SessionHandle {
  readonly #host: SessionHost;

  constructor(host: SessionHost) {
    super(host);
    this.#host = host;
  }

  override save(callback?: Callback): Promise<void> {
    return settle(super.save(), callback);
  }

  override reload(callback?: Callback): Promise<void> {
    return settle(super.reload(), callback);
  }

  override touch(callback?: Callback): Promise<void> {
    return settle(super.touch(), callback);
  }

  override login(subject: string, options?: LoginOptions | Callback, callback?: Callback): Promise<void> {
    const [given, done] = typeof options === 'function' ? [undefined, options] : [options, callback];
    return settle(super.login(subject, given), done);
  }

  override rotate(callback?: Callback): Promise<void> {
    return settle(super.rotate(), callback);
  }

  override regenerate(options?: Keep | Callback, callback?: Callback): Promise<void> {
    const [keep, done] = typeof options === 'function' ? [undefined, options] : [options, callback];
    // Callback users compare the session before with the one after: passport's keepSessionInfo copies from one to the other.
    if (typeof done === 'function') this.#host.detachSession(keep);
    return settle(this.#host.regenerate(keep), done);
  }

  override destroy(callback?: Callback): Promise<void> {
    return settle(super.destroy(), callback);
  }
}

sealMembers(CallbackHandle);

function settle(done: Promise<void>, callback: Callback | undefined): Promise<void> {
  // As in express-session, anything but a function is ignored: `save(null)` must not end the process.
  if (typeof callback === 'function') {
    // On its own stack, so that what the callback throws does not become a rejection of ours.
    done.then(
      () => process.nextTick(callback),
      (error: unknown) => process.nextTick(callback, error),
    );
  }
  return done;
}
