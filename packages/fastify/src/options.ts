import { assertOptions, isSessionOption, SessError } from '@sess/core';

const usage = 'Write app.register(session({ secret })), not app.register(session, { secret }) or session(app).';

/** What users of @fastify/session may bring along, and what does its work here. */
const remedies: Readonly<Record<string, string>> = {
  cookieName: "is called cookie.name here: session({ cookie: { name: 'sid' } }).",
  cookiePrefix: 'has no counterpart: a cookie is what this package has made, or opens nothing.',
  idGenerator: 'has no counterpart: ids and secrets come from a cryptographic generator, never from the application.',
  rolling:
    'has no counterpart: every request extends the session, and the store is told of it as often as touchEvery says.',
  saveUninitialized: 'has no counterpart: a session is stored once something is written to it. Remove it.',
};

/** Throws `ERR_SESS_CONFIG` for what is no options, and for an option of @fastify/session that has another name here, or none. */
export function refuseForeignOptions(options: object): void {
  assertOptions(options, usage);
  const name = Object.keys(options).find((key) => Object.hasOwn(remedies, key));
  if (name !== undefined) throw new SessError('ERR_SESS_CONFIG', `The option ${name} ${remedies[name]}`);
}

/**
 * Throws `ERR_SESS_CONFIG` for options of sessions that are given to `register`, where they would do nothing. Others pass: `@fastify/autoload` gives
 * every plugin the same.
 */
export function refuseRegisterOptions(options: object): void {
  const [first, ...others] = Object.keys(options).filter((key) => isSessionOption(key) || Object.hasOwn(remedies, key));
  if (first === undefined) return;
  throw new SessError(
    'ERR_SESS_CONFIG',
    `register was given ${[first, ...others].join(', ')}: the options of sessions are those of session(). Write app.register(session({ ${first}: … })).`,
  );
}
