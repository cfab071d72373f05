// Runs `npm run demo:races`: what happens to sessions when requests overlap, here and with express-session? Real requests, overlap forced.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { session } from '@sess/express';
import express, { type Express, type RequestHandler } from 'express';
import { type CallbackSession, callbackVerbs } from './in-process/routes.js';
import { loadPeer } from './peers.js';

const trials = Number(process.argv[2] ?? 200);

/** What a race came to: whether something was lost or came back. */
type Race = (site: Site) => Promise<boolean>;

/** `name` says what goes wrong, so that a trial returns true when it did. */
const races: Readonly<Record<string, Race>> = {
  'one of two writes lost': async (site) => {
    const cookie = await site.begin();
    const [first, second] = [site.overlap('/set/a', cookie), site.overlap('/set/b', cookie)];
    await Promise.all([first.entered, second.entered]);
    await first.release();
    await second.release();
    const data = await site.read(cookie);
    return !('a' in data && 'b' in data);
  },
  'revived by a slow write': async (site) => {
    const cookie = await site.begin();
    const slow = site.overlap('/set/late', cookie);
    await slow.entered;
    await site.send('/logout', cookie);
    await slow.release();
    return 'name' in (await site.read(cookie));
  },
  'revived by a slow read': async (site) => {
    const cookie = await site.begin();
    const slow = site.overlap('/look', cookie);
    await slow.entered;
    await site.send('/logout', cookie);
    await slow.release();
    return 'name' in (await site.read(cookie));
  },
  'a cookie set again after the logout': async (site) => {
    const cookie = await site.begin();
    const slow = site.overlap('/set/late', cookie);
    await slow.entered;
    await site.send('/logout', cookie);
    return (await slow.release()) !== undefined;
  },
  'the old cookie alive after regenerate': async (site) => {
    const cookie = await site.begin();
    const slow = site.overlap('/set/late', cookie);
    await slow.entered;
    await site.send('/regenerate', cookie);
    await slow.release();
    return 'name' in (await site.read(cookie));
  },
};

/** One application on a port of its own, whose requests can be held between their beginning and their end. */
class Site {
  readonly #origin: string;
  readonly #holds = new Map<string, { enter: () => void; readonly released: Promise<void> }>();
  #nextHold = 0;

  private constructor(app: Express, origin: string) {
    this.#origin = origin;
    this.#addRoutes(app);
  }

  static async open(middleware: RequestHandler): Promise<{ readonly site: Site; readonly close: () => void }> {
    const app = express();
    app.use(middleware);
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const site = new Site(app, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return { site, close: () => void server.close() };
  }

  /** Begins a session with a name in it; returns its cookie. */
  async begin(): Promise<string> {
    const cookie = await this.send('/begin', '');
    if (cookie === undefined) throw new Error('No session was begun');
    return cookie;
  }

  /** The data that the cookie opens. */
  async read(cookie: string): Promise<object> {
    const response = await fetch(`${this.#origin}/read`, { headers: { cookie } });
    return (await response.json()) as object;
  }

  /** Sends a whole request; returns the cookie that it set, if any. */
  async send(path: string, cookie: string): Promise<string | undefined> {
    const response = await fetch(this.#origin + path, { headers: cookie === '' ? {} : { cookie } });
    await response.arrayBuffer();
    const [set] = response.headers.getSetCookie();
    const value = set?.split(';', 1)[0];
    return value === undefined || value.endsWith('=') ? undefined : value;
  }

  /** Begins a request that has its session and waits, until it is released, before it does what its path says. */
  overlap(
    path: string,
    cookie: string,
  ): { readonly entered: Promise<void>; readonly release: () => Promise<string | undefined> } {
    const hold = String(this.#nextHold++);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const entered = new Promise<void>((resolve) => {
      this.#holds.set(hold, { enter: resolve, released });
    });
    const answer = this.send(`${path}?hold=${hold}`, cookie);
    return {
      entered,
      release: () => {
        release();
        return answer;
      },
    };
  }

  #addRoutes(app: Express): void {
    const on = (path: string, act: (visit: Record<string, unknown> & CallbackSession, key: string) => unknown) => {
      app.get(path, async (request, response) => {
        const hold = this.#holds.get(String(request.query.hold));
        hold?.enter();
        await hold?.released;
        const visit = request.session as unknown as Record<string, unknown> & CallbackSession;
        response.json((await act(visit, String(request.params.key))) ?? {});
      });
    };
    on('/begin', (visit) => {
      visit.name = 'Ada';
    });
    on('/set/:key', (visit, key) => {
      visit[key] = 1;
    });
    on('/look', (visit) => void visit.name);
    on('/read', (visit) => ({ ...visit }));
    on('/logout', (visit) => callbackVerbs.destroy(visit));
    on('/regenerate', (visit) => callbackVerbs.regenerate(visit));
  }
}

const expressSession = loadPeer<(options: object) => RequestHandler>('express-session');
const contenders: Readonly<Record<string, () => RequestHandler>> = {
  Sess: () => session({ secret: 'a key' }) as RequestHandler,
  'express-session': () => expressSession({ secret: 'a key', resave: false, saveUninitialized: false }),
};

const table: Record<string, Record<string, string>> = {};
for (const [race, run] of Object.entries(races)) {
  const row: Record<string, string> = {};
  for (const [name, createMiddleware] of Object.entries(contenders)) {
    const { site, close } = await Site.open(createMiddleware());
    let failures = 0;
    for (let trial = 0; trial < trials; trial++) if (await run(site)) failures++;
    row[name] = `${failures} of ${trials}`;
    close();
  }
  table[race] = row;
}
console.table(table);
process.exit(Object.values(table).every((row) => row.Sess?.startsWith('0 ')) ? 0 : 1);
