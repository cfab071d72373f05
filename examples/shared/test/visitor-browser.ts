/** As much of a browser as the example needs: it keeps one cookie and follows redirects. */
export class VisitorBrowser {
  cookie = '';
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async get(path = '/'): Promise<Response> {
    return await this.#request(path, {});
  }

  /** Sends a form; resolves to the response of the page it leads to. */
  async post(path: string, fields: Record<string, string> = {}): Promise<Response> {
    const response = await this.#request(path, { method: 'POST', body: new URLSearchParams(fields) });
    return response.status === 303 ? await this.get(response.headers.get('location') ?? '/') : response;
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const headers = this.cookie === '' ? {} : { cookie: this.cookie };
    const response = await fetch(this.#origin + path, { ...init, headers, redirect: 'manual' });
    const [line] = response.headers.getSetCookie();
    if (line !== undefined) this.cookie = line.includes('Max-Age=0') ? '' : (line.split(';', 1)[0] ?? '');
    return response;
  }
}

/** What the page says to its visitor. */
export async function headingOf(response: Response): Promise<string> {
  return /<h1>(.*)<\/h1>/.exec(await response.text())?.[1] ?? 'no heading';
}
