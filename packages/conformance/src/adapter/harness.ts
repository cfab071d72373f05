import type { Awaitable, Session, SessionAdmin, SessionOptions } from '@sess/core';

/**
 * How the kit reaches the adapter under test: everything that each framework does in its own way. Most harnesses take
 * thirty lines; `packages/express/test/harness.ts` is one to copy.
 */
export interface AdapterHarness {
  /** Starts a real server of the framework, on a port of its own, that runs `app` and nothing else. */
  serve(app: AdapterApp): Awaitable<RunningApp>;
  /**
   * Scenarios that do not apply to this adapter, by name, each with the reason, which the case's name repeats. A name that
   * matches no scenario is an error.
   */
  readonly exceptions?: Readonly<Record<string, string>>;
  /** How long (ms) a scenario waits for anything before it counts as hanging. Default: 5000. */
  readonly patience?: number;
}

/** An application in terms that every framework can translate. */
export interface AdapterApp {
  /** What to give to each `session()`, one for each session middleware, in the order in which requests pass them. */
  readonly sessions: readonly AdapterSessionOptions[];
  /** Whether the framework is to believe a proxy's `X-Forwarded-Proto`. */
  readonly trustProxy: boolean;
  /** Answers every request, whatever its method and path. What it throws is for the framework's error handling. */
  handle(request: AdapterRequest): Promise<Reply>;
  /** What the application's error handler replies, mounted as the framework's users mount theirs. */
  answerError(error: unknown): Reply;
}

/** The options of `session()` that scenarios set; each is the option of this name. */
export type AdapterSessionOptions = Pick<
  SessionOptions,
  'store' | 'clock' | 'secret' | 'cookie' | 'idleTimeout' | 'storeTimeout' | 'clearSiteData'
>;

/** What a scenario's handler has to know of a request. */
export interface AdapterRequest {
  /** Without the query: `/greet`. */
  readonly path: string;
  /** Each returns one middleware's session, accessed only when called: whether a handler accesses it decides about `Vary`. */
  readonly sessions: readonly (() => Session)[];
}

/** A response, to be sent by the framework's own means. */
export interface Reply {
  /** Default: 200, or 302 for a redirect. */
  readonly status?: number;
  /** In order. A name may come twice, as `Set-Cookie` does. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Redirects here by the framework's own means; there is no body then. */
  readonly redirect?: string;
  /** Text, or pieces, each to be sent as soon as it comes, the head with the first. Absent for no body. */
  readonly body?: string | AsyncIterable<Uint8Array>;
}

/** A server that has been started for a scenario. */
export interface RunningApp {
  /** Such as `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string;
  /** The protocol that clients speak. Default: HTTP/1.1. */
  readonly protocol?: 'http1' | 'http2';
  /** What the calls of `session()` have returned, for their events. */
  readonly sessions: readonly Pick<SessionAdmin, 'on'>[];
  /** Stops the server, requests under way included. */
  close(): Awaitable<void>;
}
