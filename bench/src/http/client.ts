import { Agent, get } from 'node:http';
import { toCookieHeader } from '../node-request.js';

/** An answer as the load knows it. */
export interface HttpAnswer {
  readonly status: number;
  readonly cookie: string | undefined;
  /** ms from the request to the end of the answer. */
  readonly latency: number;
}

/** Sends requests to one server over connections that are kept. */
export class Client {
  readonly #agent: Agent;
  readonly #port: number;

  /** `connections` is how many requests are under way at most. */
  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends one request. */
  send(path: string, cookie?: string): Promise<HttpAnswer> {
    const start = performance.now();
    return new Promise((resolve, reject) => {
      const headers = cookie === undefined ? {} : { cookie };
      const request = get({ host: '127.0.0.1', port: this.#port, path, headers, agent: this.#agent }, (response) => {
        response.resume();
        response.once('end', () => {
          const status = response.statusCode ?? 0;
          resolve({
            status,
            cookie: toCookieHeader(response.headers['set-cookie'] ?? []),
            latency: performance.now() - start,
          });
        });
      });
      request.once('error', reject);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
