import { type Answer, type Call, callHttp1, callHttp2 } from './client.js';
import type { RunningApp } from './harness.js';

/** What a browser sends besides the path. */
export interface BrowserQuery {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that keeps cookies as a browser does, by name, and logs what it does. It does not follow redirects. */
export class Browser {
  /** The cookies by name. */
  readonly cookies = new Map<string, string>();
  readonly #app: Pick<RunningApp, 'url' | 'protocol'>;
  readonly #log: (step: string) => void;
  readonly #patience: <T>(waited: Promise<T>, what: string) => Promise<T>;

  constructor(
    app: Pick<RunningApp, 'url' | 'protocol'>,
    log: (step: string) => void,
    patience: <T>(waited: Promise<T>, what: string) => Promise<T>,
  ) {
    this.#app = app;
    this.#log = log;
    this.#patience = patience;
  }

  /** Sends a request without waiting for the answer, whose cookies are kept when it comes. */
  start(path: string, { method = 'GET', headers = {} }: BrowserQuery = {}): Call {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    this.#log(`${method} ${path}${cookie === '' ? '' : ` with ${[...this.cookies.keys()].join(' and ')}`}`);
    const call = this.#app.protocol === 'http2' ? callHttp2 : callHttp1;
    const query = { method, path, headers: cookie === '' ? headers : { ...headers, cookie } };
    const started = call(this.#app.url, query);
    const answer = started.answer.then((arrived) => this.#keepCookies(path, arrived));
    return { ...started, answer };
  }

  /** Sends a request; resolves to the response. */
  async get(path: string, query?: BrowserQuery): Promise<Answer> {
    return await this.#patience(this.start(path, query).answer, `the answer to ${path}`);
  }

  /** Another browser with the same cookies at this moment. */
  fork(): Browser {
    const other = new Browser(this.#app, this.#log, this.#patience);
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  #keepCookies(path: string, answer: Answer): Answer {
    for (const line of answer.headers.get('set-cookie') ?? []) {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      if (/; *max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    this.#log(`  ${path} was answered with ${answer.isComplete ? answer.status : 'a broken connection'}`);
    return answer;
  }
}
