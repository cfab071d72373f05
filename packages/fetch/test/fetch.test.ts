import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { manualClock } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { describe, expect, test } from 'vitest';
import { type FetchSessions, session } from '../src/index.js';

const url = 'http://example.com/';

/** A request with a cookie. */
const ask = (cookie = ''): Request => new Request(url, { headers: cookie === '' ? {} : { cookie } });

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';

describe('the response', () => {
  test('is the handler’s own, with headers added', async () => {
    const sessions = session({ secret: 'k' });
    const own = new Response('saved', { headers: { 'Set-Cookie': 'theme=dark' } });
    const response = await sessions.handle(ask(), (visit) => {
      visit.name = 'Ada';
      return own;
    });

    expect(response).toBe(own);
    expect(response.headers.getSetCookie()).toHaveLength(2);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toBe('Cookie');
  });

  test('is another around the same body where the headers cannot be changed', async () => {
    const sessions = session({ secret: 'k' });
    const redirect = await sessions.handle(ask(), (visit) => {
      visit.name = 'Ada';
      return Response.redirect('http://example.com/next', 303);
    });

    expect(redirect.status).toBe(303);
    expect(redirect.headers.get('location')).toBe('http://example.com/next');
    expect(cookieOf(redirect)).toMatch(/^sid=/);
  });

  // Jest gives an application errors of its own, which those of Node's Response are no instances of.
  test('is so where the error that says so is of another realm', async () => {
    const sessions = session({ secret: 'k' });
    const fetched = new Response('fetched');
    Object.assign(fetched.headers, { set: () => runInNewContext('throw new TypeError("immutable")') });
    const response = await sessions.handle(ask(), () => fetched);

    expect(await response.text()).toBe('fetched');
    expect(response.headers.get('vary')).toBe('Cookie');
  });

  // One without a body can be sent any number of times, and some applications make it once.
  test('without a body may be everybody’s: the cookie of one is not sent to another', async () => {
    const sessions = session({ secret: 'k' });
    const noContent = new Response(null, { status: 204, headers: { 'Set-Cookie': 'theme=dark' } });
    const answers = [1, 2].map((visitor) =>
      sessions.handle(ask(), (visit) => {
        visit.visitor = visitor;
        return noContent;
      }),
    );

    const [first, second] = await Promise.all(answers);
    expect(first?.status).toBe(204);
    expect(first?.headers.getSetCookie()).toHaveLength(2);
    expect(second?.headers.getSetCookie()).toHaveLength(2);
    expect(noContent.headers.getSetCookie()).toEqual(['theme=dark']);
  });

  test('has its body streamed, not collected', async () => {
    const sessions = session({ secret: 'k' });
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          if (pulled > 2) controller.close();
          else controller.enqueue(new TextEncoder().encode(`piece ${pulled} `));
        },
      },
      { highWaterMark: 0 },
    );
    const response = await sessions.handle(ask(), (visit) => {
      visit.name = 'Ada';
      return new Response(body);
    });

    expect(pulled).toBe(0);
    expect(await response.text()).toBe('piece 1 piece 2 ');
  });

  test('keeps a Vary of the application', async () => {
    const sessions = session({ secret: 'k' });
    const varies = async (value: string) => {
      const response = await sessions.handle(
        ask(),
        (visit) => new Response(String(visit.name), { headers: { Vary: value } }),
      );
      return response.headers.get('vary');
    };

    expect(await varies('Accept')).toBe('Accept, Cookie');
    expect(await varies('accept, cookie')).toBe('accept, cookie');
    expect(await varies('*')).toBe('*');
  });
});

test('a route handler as Next has them: one function a method, on sessions made once', async () => {
  const sessions = session<{ visits?: number }>({ secret: 'k' });
  async function GET(request: Request): Promise<Response> {
    return await sessions.handle(request, async (visit) => {
      visit.visits = (visit.visits ?? 0) + 1;
      return Response.json({ visits: visit.visits });
    });
  }
  const first = await GET(ask());

  expect(await (await GET(ask(cookieOf(first)))).json()).toEqual({ visits: 2 });
});

test('the hook of the README gives SvelteKit’s routes the session', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, body = ''] = /export const handle = ([\s\S]*?)```/.exec(readme) ?? [];
  const sessions = session<{ visits?: number }>({ secret: 'k' });
  const handle = new Function('sessions', `return ${body}`)(sessions);
  const resolve = ({ locals }: { locals: { session: { visits?: number } } }) => {
    locals.session.visits = (locals.session.visits ?? 0) + 1;
    return Response.json(locals.session);
  };
  const first: Response = await handle({ event: { request: ask(), locals: {} }, resolve });
  const second: Response = await handle({ event: { request: ask(cookieOf(first)), locals: {} }, resolve });

  expect(await second.json()).toEqual({ visits: 2 });
});

describe('read, for a request that is answered elsewhere', () => {
  async function begin() {
    const sessions = session({ secret: 'k', cookie: { secure: true }, isHttps: () => true });
    const response = await sessions.handle(ask(), async (visit) => {
      visit.name = 'Ada';
      await visit.login('ada');
      return new Response();
    });
    return { sessions, cookie: cookieOf(response) };
  }

  test('gives the session of a request or of headers alone, as Next has them', async () => {
    const { sessions, cookie } = await begin();
    for (const request of [ask(cookie), { headers: new Headers({ cookie }) }]) {
      expect(await sessions.read(request)).toMatchObject({ name: 'Ada', subject: 'ada' });
    }
  });

  test('gives nothing where there is no session', async () => {
    const { sessions, cookie } = await begin();
    expect(await sessions.read(ask())).toBeUndefined();
    expect(await sessions.read(ask(`${cookie}x`))).toBeUndefined();
  });

  test('stores nothing by itself, and has the verbs that need no cookie', async () => {
    const { sessions, cookie } = await begin();
    const visit = await sessions.read(ask(cookie));
    if (visit === undefined) throw new Error('There is no session.');
    visit.name = 'Bea';
    expect(await sessions.read(ask(cookie))).toMatchObject({ name: 'Ada' });
    await visit.save();
    expect(await sessions.read(ask(cookie))).toMatchObject({ name: 'Bea' });
    await expect(visit.login('bea')).rejects.toMatchObject({ code: 'ERR_SESS_HEADERS_SENT' });
    await visit.destroy();
    expect(await sessions.read(ask(cookie))).toBeUndefined();
  });
});

test('session(request) says what to write', () => {
  expect(() => session(ask() as never)).toThrow(/was given .*sessions\.handle\(request, handler\)/);
});

test('the cookie is Secure where the URL says https, or isHttps does', async () => {
  const write = async (sessions: FetchSessions, request: Request) => {
    const response = await sessions.handle(request, (visit) => {
      visit.name = 'Ada';
      return new Response();
    });
    return response.headers.getSetCookie()[0];
  };
  const behindProxy = session({ isHttps: (request) => request.headers.get('x-proto') === 'https' });

  expect(await write(session({}), new Request('https://example.com/'))).toMatch(/; Secure$/);
  expect(await write(session({}), ask())).not.toMatch(/Secure/);
  expect(await write(behindProxy, new Request(url, { headers: { 'x-proto': 'https' } }))).toMatch(/; Secure$/);
});

describe('what is no answer is refused before the session is stored', () => {
  test.each([
    ['nothing', undefined, /undefined; it takes a Response/],
    ['a text', 'saved', /saved; it takes a Response/],
    ['an object', { status: 200 }, /an object; it takes a Response/],
    ['Response.error()', Response.error(), /no answer that a server can give/],
  ])('%s', async (_, answer, message) => {
    const store = memoryStore();
    const sessions = session({ store });
    const handled = sessions.handle(ask(), (visit) => {
      visit.name = 'Ada';
      return answer as Response;
    });

    await expect(handled).rejects.toThrow(message);
    expect(store.size).toBe(0);
  });

  test('and is for onError to answer', async () => {
    const sessions = session({ onError: (error) => new Response(String(error), { status: 500 }) });
    const response = await sessions.handle(ask(), (() => {}) as never);

    expect(await response.text()).toContain('it takes a Response');
  });
});

describe('errors', () => {
  const broken = () => {
    const store = memoryStore();
    store.create = () => {
      throw new Error('disk full');
    };
    return store;
  };

  test('of the handler and of the store reject, without an onError', async () => {
    const sessions = session({ store: broken() });
    const told: unknown[] = [];
    sessions.on('error', ({ error }) => told.push(error));

    await expect(sessions.handle(ask(), () => Promise.reject(new Error('oops')))).rejects.toThrow('oops');
    const write = sessions.handle(ask(), (visit) => {
      visit.name = 'Ada';
      return new Response();
    });
    await expect(write).rejects.toMatchObject({ code: 'ERR_SESS_STORE', status: 503 });
    expect(told).toHaveLength(1);
  });

  test('are answered by onError, which is given the request', async () => {
    const onError = (error: unknown, request: Request) => new Response(`${error} at ${request.url}`, { status: 418 });
    const sessions = session({ onError });
    const response = await sessions.handle(ask(), (visit) => {
      visit.name = 'Ada';
      throw new Error('oops');
    });

    expect(response.status).toBe(418);
    expect(await response.text()).toBe('Error: oops at http://example.com/');
    expect(cookieOf(response)).toMatch(/^sid=/);
  });

  test('after a login: the session has logged in, and has its cookie only with an onError', async () => {
    const login = async (sessions: FetchSessions) =>
      await sessions.handle(ask(), async (visit) => {
        await visit.login('ada');
        throw new Error('oops');
      });
    const bare = session({});
    await expect(login(bare)).rejects.toThrow('oops');
    expect(await bare.list('ada')).toHaveLength(1);
    const answered = await login(session({ onError: () => new Response('sorry', { status: 500 }) }));

    expect(cookieOf(answered)).toMatch(/^sid=/);
  });

  test('of onError itself reject', async () => {
    const onError = () => {
      throw new Error('worse');
    };
    const sessions = session({ store: broken(), onError });
    const write = sessions.handle(ask(), (visit) => {
      visit.name = 'Ada';
      return new Response();
    });

    await expect(write).rejects.toThrow('worse');
  });
});

test('the clock given is the store’s too', async () => {
  const clock = manualClock();
  const sessions = session<{ name?: string }>({ clock, idleTimeout: '1m' });
  const first = await sessions.handle(ask(), (visit) => {
    visit.name = 'Ada';
    return new Response();
  });
  clock.advance(60_000);
  const late = await sessions.handle(ask(cookieOf(first)), (visit) => new Response(String(visit.name)));

  expect(await late.text()).toBe('undefined');
});
