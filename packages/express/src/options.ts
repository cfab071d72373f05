import { assertOptions, SessError } from '@sess/core';
import type { NodeSessionOptions } from '@sess/node';

/** The options of `session()` on Express. */
export interface ExpressSessionOptions<T extends object> extends NodeSessionOptions<T> {
  /** @deprecated Not needed: a session is written when something in it has changed, and merged with what others wrote. */
  readonly resave?: false;
  /** @deprecated Not needed: a session is stored once something has been written to it. */
  readonly saveUninitialized?: false;
}

const usage = 'Write app.use(session({ secret })), not app.use(session) or session(app).';

/** Options of express-session, and what replaces them here. */
const remedies: Readonly<Record<string, string>> = {
  name: "is called cookie.name here: session({ cookie: { name: 'sid' } }).",
  genid: 'has no counterpart: ids and secrets come from a cryptographic generator, never from the application.',
  rolling:
    'has no counterpart: every request extends the session, and the store is told of it as often as touchEvery says.',
  unset: 'has no counterpart: call req.session.destroy(), or set req.session to null.',
  proxy: "has no counterpart: tell Express itself, app.set('trust proxy', 1).",
};

/** Throws `ERR_SESS_CONFIG` for an option of express-session that means something else here, or nothing. */
export function refuseForeignOptions(options: object): void {
  assertOptions(options, usage);
  for (const [name, remedy] of Object.entries(remedies)) {
    if (name in options) throw configError(name, remedy);
  }
  const { resave, saveUninitialized } = options as Record<string, unknown>;
  if (resave === true) {
    throw configError(
      'resave',
      'cannot be true: writing back what has not changed would undo what other requests wrote. Remove it.',
    );
  }
  if (saveUninitialized === true) {
    throw configError(
      'saveUninitialized',
      'cannot be true: a session is stored once something is written to it. Remove it, or call req.session.save().',
    );
  }
}

function configError(name: string, remedy: string): SessError<'ERR_SESS_CONFIG'> {
  return new SessError('ERR_SESS_CONFIG', `The option ${name} ${remedy}`);
}
