import type { Readable } from 'node:stream';
import {
  type Awaitable,
  chain,
  type DataOf,
  isPromiseLike,
  type Schema,
  SessError,
  type Session,
  type SessionData,
  type SessionHost,
  type Sessions,
  type TypedOptions,
  type UntypedData,
} from '@sess/core';
import {
  Attachment,
  attachSession,
  createNodeSessions,
  exposeNodeAdmin,
  inheritsSession,
  type NodeSessionAdmin,
  type NodeSessionOptions,
  sessionProperty,
} from '@sess/node';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { refuseForeignOptions, refuseRegisterOptions } from './options.js';
import { PluginHandle } from './plugin-handle.js';
import type { RegisteredSession } from './register.js';

/** The plugin that gives requests their sessions, plus session management. */
export interface SessionPlugin<T extends object = UntypedData> extends NodeSessionAdmin<T>, FastifyPluginAsync {
  /** The session of a request that has passed this plugin's hooks, fully typed. Throws `ERR_SESS_CONFIG` for any other. */
  of(request: object): Session<T>;
}

const trustRemedy = 'Tell Fastify to trust its proxy: fastify({ trustProxy: true }).';

/**
 * Creates the plugin: `app.register(session({ secret }))`. The instance it is registered on and its children have sessions. The data is
 * typed by `schema`, or by a type parameter. Throws `ERR_SESS_CONFIG` for options that cannot work.
 */
export function session<T extends object & SessionData<T> = UntypedData, S extends Schema | undefined = undefined>(
  options: TypedOptions<T, S, NodeSessionOptions<DataOf<T, S>>>,
): SessionPlugin<DataOf<T, S>>;
export function session<T extends object & SessionData<T>, S extends Schema | undefined>(
  options: TypedOptions<T, S, NodeSessionOptions<DataOf<T, S>>>,
  _registered?: unknown,
  done?: (error: unknown) => void,
): SessionPlugin<DataOf<T, S>> | undefined {
  try {
    refuseForeignOptions(options);
  } catch (error) {
    if (typeof done !== 'function') throw error;
    // It was registered itself, `register(session, options)`, and what a plugin throws at once would end the process.
    done(error);
    return undefined;
  }
  const createHandle = (host: SessionHost) => new PluginHandle(host);
  const sessions = createNodeSessions<T, S>(options, { createHandle, trustRemedy });
  return createPlugin(sessions, exposeNodeAdmin(sessions, options));
}

function createPlugin<D extends object>(sessions: Sessions<D>, admin: NodeSessionAdmin<D>): SessionPlugin<D> {
  const attached = new Attachment(sessions, 'Register the plugin on the instance, or around it, that has the route.');
  const open = (request: FastifyRequest, reply: FastifyReply) =>
    attachSession(sessions, request.raw, reply.raw, {
      isHttps: () => request.protocol === 'https',
      trustRemedy,
      // Fastify's own answers are committed in onSend: this one was written to `reply.raw`, which bypasses Fastify.
      failed: (error) => {
        request.log.error(error);
        if (reply.raw.headersSent) return;
        reply.raw.statusCode = SessError.is(error) ? error.status : 500;
        reply.raw.end();
      },
    });
  const plugin = async (app: FastifyInstance, options: object): Promise<void> => {
    refuseRegisterOptions(options);
    if (!app.hasRequestDecorator('session')) declareSession(app);

    app.addHook('onRequest', (request, reply, done) => {
      callBack(done, () => {
        // Registered twice for one request, it is still one session.
        if (attached.has(request)) return;
        return chain(open(request, reply), (held) => attached.add(request, held));
      });
    });

    // A failure here is an error of the request, which Fastify's error handler answers; the headers leave with the head.
    app.addHook('onSend', (request, reply, payload, done) => {
      const leave = (error?: Error) => {
        if (error === undefined) return done();
        // Fastify forgets a stream that is not to be sent.
        (payload as Partial<Readable> | null)?.destroy?.();
        // What the handler has told caches was about its own answer, not about the error handler's.
        if (reply.hasHeader('Cache-Control')) reply.header('Cache-Control', 'no-store');
        done(error);
      };
      callBack(leave, () => attached.find(request)?.settle());
    });
  };
  return Object.assign(fastifyPlugin(plugin, { fastify: '5.x', name: '@sess/fastify' }), admin, {
    of: (request: object) => attached.of(request),
  }) as SessionPlugin<D>;
}

/** Gives the instance's requests a `session`, `undefined` before the hook: as Fastify asks, and at a tenth of the cost of one per request. */
function declareSession(app: FastifyInstance): void {
  const { get, set } = sessionProperty;
  app.decorateRequest('session', { getter: get as () => RegisteredSession, setter: set });
  app.decorateRequest(inheritsSession, { getter: () => true });
}

/** Does a hook's work and calls `done`, without a promise where none is needed. */
function callBack(done: (error?: Error) => void, work: () => Awaitable<void>): void {
  let working: Awaitable<void>;
  try {
    working = work();
  } catch (error) {
    done(error as Error);
    return;
  }
  if (isPromiseLike(working)) working.then(() => done(), done);
  else done();
}
