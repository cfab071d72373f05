import {
  assertOptions,
  type DataOf,
  isPromiseLike,
  type Schema,
  SessError,
  type Session,
  type SessionData,
  type Sessions,
  type TypedOptions,
  type UntypedData,
} from '@sess/core';
import { attachSession } from './attach-session.js';
import { Attachment } from './attachment.js';
import { createNodeSessions, type NodeSessionOptions } from './create-node-sessions.js';
import { exposeNodeAdmin, type NodeSessionAdmin } from './node-admin.js';
import { printUnheard } from './print-unheard.js';
import { resetResponse } from './reset-response.js';
import type { NodeResponse, Response } from './response.js';
import { isEncrypted, type NodeRequest, readProtocolHint } from './transport.js';

/** The options of `session()` for `node:http`. */
export interface ServerSessionOptions<T extends object> extends NodeSessionOptions<T> {
  /** Whether every request comes through a proxy whose `X-Forwarded-Proto` or `Forwarded` header can be trusted. Default: no. */
  readonly trustProxy?: boolean;
  /** Answers a request whose handler or session failed. Default: only the error's status; the error is printed unless `error` has listeners. */
  readonly onError?: (error: unknown, request: NodeRequest, response: NodeResponse) => void;
}

/** Sessions for a server of `node:http`, `node:https` or `node:http2`. */
export interface ServerSessions<T extends object = UntypedData> extends NodeSessionAdmin<T> {
  /**
   * Runs `handler` with the session of the request; the response waits for the session's commit. Never rejects: failures are
   * answered by `onError`.
   */
  run(request: NodeRequest, response: NodeResponse, handler: (session: Session<T>) => unknown): Promise<void>;
  /** The session of a request that `run` is handling. Throws `ERR_SESS_CONFIG` for any other. */
  of(request: NodeRequest): Session<T>;
}

const trustRemedy = 'Give session() the option trustProxy: true.';

/**
 * Creates the sessions of a server: `createServer((req, res) => sessions.run(req, res, async (session) => { … }))`. The data is typed
 * by `schema` or by a type parameter. Throws `ERR_SESS_CONFIG` for options that cannot work.
 */
export function session<T extends object & SessionData<T> = UntypedData, S extends Schema | undefined = undefined>(
  options: TypedOptions<T, S, ServerSessionOptions<DataOf<T, S>>>,
): ServerSessions<DataOf<T, S>> {
  assertOptions(
    options,
    'Write const sessions = session({ secret }), and sessions.run(request, response, handler) for each request.',
  );
  const adapter = { optionNames: ['trustProxy', 'onError'], trustRemedy };
  return createServerSessions(createNodeSessions<T, S>(options, adapter), options);
}

function createServerSessions<D extends object>(
  sessions: Sessions<D>,
  { trustProxy = false, onError, clock }: Pick<ServerSessionOptions<D>, 'trustProxy' | 'onError' | 'clock'>,
): ServerSessions<D> {
  const attached = new Attachment(
    sessions,
    'Use sessions.of(request) inside sessions.run(request, response, handler).',
  );
  const answerFailure = createFailureHandler(sessions, onError);
  const isHttps = (request: NodeRequest) =>
    isEncrypted(request) || (trustProxy && readProtocolHint(request) === 'https');
  /** Opens the request's session; `false` after a failure, of which the core has told. */
  const openFor = async (request: NodeRequest, response: NodeResponse, failed: (error: unknown) => void) => {
    const options = { isHttps: () => isHttps(request), trustRemedy, failed };
    try {
      attached.add(request, await attachSession(sessions, request, response, options));
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  };
  return {
    ...exposeNodeAdmin(sessions, { clock }),
    async run(request, response, handler) {
      const fail = (error: unknown) => answerFailure(error, request, response);
      try {
        // A `run` inside its own handler keeps the session.
        const isOpen = attached.has(request) || (await openFor(request, response, fail));
        if (!isOpen) return;
        await handler(attached.of(request));
        // A response whose client has gone may never be ended, and nothing else would store what came after.
        const held = attached.find(request);
        if (held?.isAbandoned) held.storeLate();
      } catch (error) {
        sessions.report('error', { error });
        fail(error);
      }
    },
    of: (request) => attached.of(request),
  };
}

/** Answers failures by `onError`, and by their status what `onError` itself throws or rejects with. */
function createFailureHandler<D extends object>(
  sessions: Sessions<D>,
  onError: ServerSessionOptions<D>['onError'],
): (error: unknown, request: NodeRequest, response: NodeResponse) => void {
  const answer = (error: unknown, response: NodeResponse) => {
    if (response.headersSent) breakOff(sessions, error, response);
    else answerStatus(sessions, error, response);
  };
  return (error, request, response) => {
    if (onError === undefined || response.headersSent) {
      answer(error, response);
      return;
    }
    const fail = (failure: unknown) => {
      sessions.report('error', { error: failure });
      answer(failure, response);
    };
    try {
      const answering: unknown = onError(error, request, response);
      if (isPromiseLike(answering)) answering.then(undefined, fail);
    } catch (failure) {
      fail(failure);
    }
  };
}

/** Keeps an answer that has begun to leave from seeming complete, unless it is: that reaches the client, whatever its handler does afterwards. */
function breakOff<D extends object>(sessions: Sessions<D>, error: unknown, response: NodeResponse): void {
  printUnheard(sessions, error);
  if (!response.writableEnded) response.destroy();
}

function answerStatus<D extends object>(sessions: Sessions<D>, error: unknown, response: NodeResponse): void {
  printUnheard(sessions, error);
  resetResponse(response as unknown as Response);
  response.statusCode = SessError.is(error) ? error.status : 500;
  response.end();
}
