import { assertOptions, SessError } from '@sess/core';

const usage = 'Write app.use(session({ secret })), not app.use(session) or session(app).';

/** Options of koa-session, and what replaces them here. If `secure` or `maxAge` were silently ignored, that would be noticed late. */
const remedies: Readonly<Record<string, string>> = {
  key: "is called cookie.name here: session({ cookie: { name: 'sid' } }).",
  maxAge: 'is called cookie.maxAge here.',
  secure: 'is called cookie.secure here.',
  sameSite: 'is called cookie.sameSite here.',
  domain: 'is called cookie.domain here.',
  path: 'is called cookie.path here.',
  partitioned: 'is called cookie.partitioned here.',
  httpOnly: 'has no counterpart: the cookie is always HttpOnly.',
  signed: 'has no counterpart: cookies are signed where there is a key, in the option secret or in app.keys.',
  overwrite: 'has no counterpart: a response never sets the cookie twice.',
  rolling: 'has no counterpart: every request extends the session, and touchEvery says how often the store is told.',
  renew: 'has no counterpart: every request extends the session, and touchEvery says how often the store is told.',
  autoCommit:
    'has no counterpart: the session is stored before the response leaves; ctx.session.save() stores it earlier.',
  encode: 'is called codec here.',
  decode: 'is called codec here.',
  valid: 'is called schema here: it validates what a store gives back.',
  beforeSave: 'has no counterpart: write to ctx.session, before the response leaves.',
  genid: 'has no counterpart: ids and secrets come from a cryptographic generator, never from the application.',
  prefix: 'has no counterpart: it is an option of the store.',
  ContextStore: 'has no counterpart: give a store of @sess/store-*.',
  externalKey: 'has no counterpart: the session travels in its cookie.',
};

/** Throws `ERR_SESS_CONFIG` for an option of koa-session that has another name here, or none. */
export function refuseForeignOptions(options: object): void {
  assertOptions(options, usage);
  const name = Object.keys(options).find((key) => Object.hasOwn(remedies, key));
  if (name !== undefined) throw new SessError('ERR_SESS_CONFIG', `The option ${name} ${remedies[name]}`);
}
