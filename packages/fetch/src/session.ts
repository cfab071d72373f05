import {
  assertOptions,
  createSessions,
  type DataOf,
  exposeAdmin,
  readClaimedProtocol,
  type Schema,
  type Session,
  type SessionAdmin,
  type SessionData,
  type SessionOptions,
  type Sessions,
  type TypedOptions,
  type UntypedData,
  untrustedProxy,
  warnOfDefaultStore,
  warnOfInsecurity,
} from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { addHeaders } from './add-headers.js';

/** The options of `session()` for anything that answers a `Request` with a `Response`. */
export interface FetchSessionOptions<T extends object> extends Omit<SessionOptions<T>, 'store'> {
  /** Where sessions are kept. Default: this process's or isolate's memory, lost when it ends and shared with no other; warns in production. */
  readonly store?: SessionOptions<T>['store'];
  /** Whether the browser's connection is HTTPS. Default: what the request's URL says, which a proxy may have changed. */
  readonly isHttps?: (request: Request) => boolean;
  /**
   * Answers a request of `handle` whose handler or session failed. An answer to what the handler has thrown carries the
   * session's headers, like any other. Default: `handle` rejects, and what the handler wrote before it threw is not stored.
   */
  readonly onError?: (error: unknown, request: Request) => Response | Promise<Response>;
}

/** One request's use of a session. */
export interface FetchExchange<T extends object = UntypedData> {
  /** The session; asking for it makes the response vary by cookie. */
  readonly session: Session<T>;
  /**
   * Commits the session and resolves to the response with the session's headers: the same object, unless its headers are immutable, or it is to set
   * the cookie and has no body, so that it may be somebody else's answer too.
   */
  respond(response: Response): Promise<Response>;
}

/** Sessions for anything that answers a `Request` with a `Response`. */
export interface FetchSessions<T extends object = UntypedData> extends SessionAdmin<T> {
  /** Opens the session of a request, for a framework with a middleware of its own. */
  open(request: Request): Promise<FetchExchange<T>>;
  /**
   * Runs `handler` with the session of the request and resolves to its response, with the session's headers, once the session is committed.
   * Rejects with what the handler, the store or the commit throw, unless there is an `onError` to answer it. What a streamed body
   * changes later has to be stored by `session.save()`.
   */
  handle(
    request: Request,
    handler: (session: Session<T>, request: Request) => Response | Promise<Response>,
  ): Promise<Response>;
  /**
   * The session of a request that is not answered here, for reading: in a Server Component of Next,
   * `sessions.read({ headers: await headers() })`. `undefined` if it has none. Nothing is stored, except by those of the session's verbs
   * that need no cookie (`save`, `touch`, `destroy`).
   */
  read(request: { readonly headers: Pick<Headers, 'get'> }): Promise<Session<T> | undefined>;
}

const trustRemedy = "Give session() isHttps: (request) => request.headers.get('x-forwarded-proto') === 'https'.";

/**
 * Creates the sessions: `sessions.handle(request, async (session) => new Response(…))`. The data is typed by `schema` or by a type
 * parameter. Throws `ERR_SESS_CONFIG` for options that cannot work.
 */
export function session<T extends object & SessionData<T> = UntypedData, S extends Schema | undefined = undefined>(
  options: TypedOptions<T, S, FetchSessionOptions<DataOf<T, S>>>,
): FetchSessions<DataOf<T, S>> {
  assertOptions(
    options,
    'Write const sessions = session({ secret }), and sessions.handle(request, handler) for each request.',
  );
  const { clock } = options;
  const store = options.store ?? memoryStore(clock === undefined ? {} : { clock });
  const complete = { ...options, store };
  const sessions = createSessions<T, S>(complete as TypedOptions<T, S>, {
    optionNames: ['isHttps', 'onError'],
    trustRemedy,
  });
  if (options.store === undefined) warnOfDefaultStore();
  warnOfInsecurity(sessions);
  return createFetchSessions(sessions, options);
}

function createFetchSessions<D extends object>(
  sessions: Sessions<D>,
  { isHttps = isHttpsUrl, onError = rethrow }: Pick<FetchSessionOptions<D>, 'isHttps' | 'onError'>,
): FetchSessions<D> {
  const open = async (request: Request): Promise<FetchExchange<D>> => {
    const cookie = request.headers.get('Cookie') ?? undefined;
    const https = isHttps(request);
    const exchange = await sessions.open({ cookie, https });
    return {
      get session() {
        return exchange.session;
      },
      async respond(response) {
        assertAnswer(response);
        try {
          const additions = await exchange.commit();
          if (additions?.setCookie !== undefined && !https) lookForProxy(sessions, request);
          return addHeaders(response, additions);
        } catch (error) {
          sessions.report('error', { error });
          throw error;
        }
      },
    };
  };
  return {
    ...exposeAdmin(sessions),
    open,
    async handle(request, handler) {
      let isAnswering = false;
      const answerError = async (error: unknown) => {
        isAnswering = true;
        const answer = await onError(error, request);
        isAnswering = false;
        return answer;
      };
      try {
        const exchange = await open(request);
        const answer = async () => await handler(exchange.session, request);
        return await exchange.respond(await answer().catch(answerError));
      } catch (error) {
        // What onError itself throws is not passed to it.
        if (isAnswering) throw error;
        return await answerError(error);
      }
    },
    read: ({ headers }) => sessions.read(headers.get('Cookie') ?? undefined),
  };
}

/** Refuses, before anything is stored, what cannot carry a session: a missing `return` value, and `Response.error()`. */
function assertAnswer(response: unknown): void {
  const { headers, type } = (response ?? {}) as Partial<Response>;
  if (typeof headers?.get !== 'function') {
    throw new TypeError(
      `The answer to a request is ${describe(response)}; it takes a Response. Does the handler return one?`,
    );
  }
  if (type === 'error')
    throw new TypeError('Response.error() is no answer that a server can give. Give one with a status.');
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function rethrow(error: unknown): never {
  throw error;
}

/** Tells of a cookie without `Secure` on a request that a proxy seems to have received over HTTPS. */
function lookForProxy<D extends object>(sessions: Sessions<D>, { headers }: Request): void {
  if (sessions.cookie.secure !== 'auto') return;
  if (readClaimedProtocol(headers.get('Forwarded'), headers.get('X-Forwarded-Proto')) !== 'https') return;
  sessions.report('insecure', untrustedProxy(trustRemedy));
}

function isHttpsUrl(request: Request): boolean {
  return request.url.startsWith('https:');
}
