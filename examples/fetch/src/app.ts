import { session } from '@sess/fetch';
import { findAsset } from '../../shared/assets.js';
import { renderPage } from '../../shared/page.js';
import { type AppOptions, nameProblem, readName, visitor } from '../../shared/visitor.js';

/** The tutorial's application as a function from `Request` to `Response`, which Bun, Deno and workers serve as it is. */
export function createApp({ store, secret, maxAge }: AppOptions): (request: Request) => Promise<Response> {
  const sessions = session({ schema: visitor, store, secret, cookie: { maxAge }, merge: { visits: 'counter' } });

  return async (request) => {
    const { pathname } = new URL(request.url);
    const asset = findAsset(pathname);
    if (asset !== undefined) return new Response(asset.text, { headers: { 'Content-Type': asset.type } });

    return await sessions.handle(request, async (visit) => {
      switch (`${request.method} ${pathname}`) {
        case 'GET /':
          if (visit.name !== undefined) visit.visits += 1;
          return page(renderPage(visit));
        case 'POST /name': {
          const name = readName((await request.formData()).get('name'));
          if (name === undefined) return page(renderPage(visit, nameProblem), 422);
          visit.name = name;
          return seeStart();
        }
        case 'POST /logout':
          await visit.destroy();
          return seeStart();
        default:
          return new Response('Not found', { status: 404 });
      }
    });
  };
}

function page(text: string, status = 200): Response {
  return new Response(text, {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
  });
}

function seeStart(): Response {
  return new Response(null, { status: 303, headers: { Location: '/' } });
}
