import type { ServerResponse } from 'node:http';
import type { Reply } from '@sess/conformance';
import type { HeadAdditions } from '@sess/core';
import { type BrokenAdapter, broken } from './broken-adapter.js';
import { PlainAdapter, type Trip } from './plain-adapter.js';

const readVisit = 'a new visitor who only reads: no cookie, no call of the store';
const written = 'a write: one cookie, stored once, read by the next request, which writes nothing';

/** Defects in the headers of an answer: its cookie, `Vary` and `Cache-Control`. */
export const headerDefects: readonly BrokenAdapter[] = [
  broken(
    'no-clear-site-data',
    'clears its cookie at a logout, and nothing else that it was to have cleared',
    'destroy, with clearSiteData: the answer says what else the browser is to clear, and no other does',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { clearSiteData: _, ...additions }: HeadAdditions): void {
        super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'no-vary',
    'never says that its answers vary by cookie',
    'an answer that has read the session: varies by cookie, may be cached',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { vary: _, ...additions }: HeadAdditions): void {
        super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'vary-with-the-cookie-only',
    'says that an answer varies by cookie only when it sets one',
    'an answer that has read the session: varies by cookie, may be cached',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { vary, ...additions }: HeadAdditions): void {
        const kept = additions.setCookie === undefined ? undefined : vary;
        super.addHeaders(response, kept === undefined ? additions : { ...additions, vary: kept });
      }
    },
  ),
  broken(
    'vary-replaced',
    "puts its Vary in place of the application's",
    "the application's own Cache-Control and Vary stay",
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, additions: HeadAdditions): void {
        if (additions.vary !== undefined) response.removeHeader('Vary');
        super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'no-store-only-in-place-of-others',
    'keeps caches from an answer with a cookie only where the application has thought of them',
    'an answer that sets the cookie: private to the browser (Cache-Control: no-store, Vary: Cookie)',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { noStore, ...additions }: HeadAdditions): void {
        const isThoughtOf = response.hasHeader('Cache-Control');
        super.addHeaders(response, isThoughtOf && noStore ? { ...additions, noStore } : additions);
      }
    },
  ),
  broken(
    'no-no-store',
    'lets caches keep an answer that sets the cookie',
    'an answer that sets the cookie: private to the browser (Cache-Control: no-store, Vary: Cookie)',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { noStore: _, ...additions }: HeadAdditions): void {
        super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'cache-control-replaced',
    "puts no-store in place of the application's Cache-Control",
    "the application's own Cache-Control and Vary stay",
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, additions: HeadAdditions): void {
        super.addHeaders(response, additions);
        if (additions.noStore) response.setHeader('Cache-Control', 'no-store');
      }
    },
  ),
  broken(
    'cookie-for-shared-caches',
    'leaves every Cache-Control of the application as it is, with a cookie in the answer',
    'an answer for shared caches that sets the cookie: kept from them (Cache-Control: no-store)',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { noStore, ...additions }: HeadAdditions): void {
        super.addHeaders(response, additions);
        if (noStore && !response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store');
      }
    },
  ),
  broken(
    'set-cookie-replaced',
    'puts its cookie in place of those the application has set',
    "the application's own cookies stay",
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, additions: HeadAdditions): void {
        if (additions.setCookie !== undefined) response.removeHeader('Set-Cookie');
        super.addHeaders(response, additions);
      }
    },
  ),
  broken(
    'cookie-lost-in-write-head',
    "sets its cookie where the application's writeHead then sets others",
    "the application's own cookies stay",
    class extends PlainAdapter {
      override writeHead(response: ServerResponse, reply: Reply): void {
        const cookies = (reply.headers ?? []).filter(([name]) => name === 'Set-Cookie').map(([, value]) => value);
        response.writeHead(reply.status ?? 200, cookies.length === 0 ? {} : { 'Set-Cookie': cookies });
      }
    },
  ),
  broken(
    'headers-in-an-object',
    "keeps the last of the application's cookies only, because it collects headers in an object",
    "the application's own cookies stay",
    class extends PlainAdapter {
      override setHeaders(response: ServerResponse, reply: Reply): void {
        super.setHeaders(response, { ...reply, headers: Object.entries(Object.fromEntries(reply.headers ?? [])) });
      }
    },
  ),
  broken(
    'cookie-without-http-only',
    'lets scripts read the cookie',
    written,
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { setCookie, ...additions }: HeadAdditions): void {
        const open = setCookie?.replace('; HttpOnly', '');
        super.addHeaders(response, open === undefined ? additions : { ...additions, setCookie: open });
      }
    },
  ),
  broken(
    'commit-twice',
    'commits twice and sends the cookie of each',
    written,
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        return [...(await super.commit(trip)), ...(await super.commit(trip))];
      }
    },
  ),
  broken(
    'cookie-for-new-sessions-only',
    'sends no second cookie to a browser that has one',
    'login: a new cookie on the same session, the old one opens nothing',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const isKnown = trip.exchanges.every((exchange) => !exchange.isNew);
        const additions = await super.commit(trip);
        return isKnown ? additions.map(({ setCookie: _, ...rest }) => rest) : additions;
      }
    },
  ),
  broken(
    'cookie-only-at-login',
    'lets the cookie of a session in use run out',
    'a session that is used lives on, its cookie with it; one that is not used ends',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const wasNew = trip.request.headers.cookie === undefined;
        const additions = await super.commit(trip);
        return wasNew ? additions : additions.map(({ setCookie: _, ...rest }) => rest);
      }
    },
  ),
  broken(
    'cookie-only-when-it-changes',
    'leaves a cookie out that has the value which the browser holds already, though it is to last longer',
    'a session that is used lives on, its cookie with it; one that is not used ends',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const held = trip.request.headers.cookie ?? '';
        const additions = await super.commit(trip);
        return additions.map(({ setCookie, ...rest }) => {
          const [pair = ''] = setCookie?.split(';') ?? [];
          return setCookie === undefined || held.split('; ').includes(pair) ? rest : { ...rest, setCookie };
        });
      }
    },
  ),
  broken(
    'no-cookie-with-a-redirect',
    'sends no new cookie with a redirect to a browser that has one',
    'login: a new cookie on the same session, the old one opens nothing',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { setCookie, ...additions }: HeadAdditions): void {
        const isKnown = response.req.headers.cookie !== undefined && !setCookie?.includes('Max-Age=0');
        const isLeftOut = setCookie === undefined || (isKnown && response.hasHeader('Location'));
        super.addHeaders(response, isLeftOut ? additions : { ...additions, setCookie });
      }
    },
  ),
  broken(
    'no-cookie-at-regenerate',
    'keeps the old cookie in the browser when the session is regenerated',
    'regenerate: a new cookie on an empty session, the old one opens nothing',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const additions = await super.commit(trip);
        const hadCookie = trip.request.headers.cookie !== undefined;
        return trip.request.url === '/anew' && hadCookie ? [] : additions;
      }
    },
  ),
  broken(
    'cleared-without-attributes',
    'clears a cookie by its name alone, which leaves it where it has a path or a domain',
    'destroy: the cookie is cleared with the attributes it was set with, and opens nothing',
    class extends PlainAdapter {
      override addHeaders(response: ServerResponse, { setCookie, ...additions }: HeadAdditions): void {
        const short = setCookie?.includes('Max-Age=0') ? setCookie.replace(/; Path=.*/, '') : setCookie;
        super.addHeaders(response, short === undefined ? additions : { ...additions, setCookie: short });
      }
    },
  ),
  broken(
    'unknown-cookies-cleared',
    'clears a cookie that opens nothing, though a login at this moment may have just set it',
    'made-up cookies: no session, none adopted, none cleared, nothing written',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const isUnknown = trip.request.headers.cookie !== undefined && trip.exchanges.every(({ isNew }) => isNew);
        const additions = await super.commit(trip);
        return isUnknown ? [{ setCookie: 'sid=; Max-Age=0' }] : additions;
      }
    },
  ),
  broken(
    'malformed-cookies-cleared',
    'clears a cookie that it cannot read',
    'made-up cookies: no session, none adopted, none cleared, nothing written',
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const additions = await super.commit(trip);
        const isReadable = trip.request.headers.cookie?.includes('.') ?? true;
        return isReadable ? additions : [{ setCookie: 'sid=; Max-Age=0' }];
      }
    },
  ),
  broken(
    'test-cookie',
    'sends a cookie to whoever has none, to see whether it comes back',
    readVisit,
    class extends PlainAdapter {
      override async commit(trip: Trip): Promise<HeadAdditions[]> {
        const isStranger = trip.request.headers.cookie === undefined;
        const isTested = isStranger && trip.exchanges.every(({ session }) => Object.keys(session).length === 0);
        const additions = await super.commit(trip);
        return isTested ? [...additions, { setCookie: 'sid=test' }] : additions;
      }
    },
  ),
];
