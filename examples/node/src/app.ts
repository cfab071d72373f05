import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { session } from '@sess/node';
import { findAsset } from '../../shared/assets.js';
import { renderPage } from '../../shared/page.js';
import { readForm } from '../../shared/read-form.js';
import { type AppOptions, nameProblem, readName, visitor } from '../../shared/visitor.js';

/** The tutorial's application on `node:http` alone. */
export function createApp({ store, secret, maxAge }: AppOptions): RequestListener {
  const sessions = session({ schema: visitor, store, secret, cookie: { maxAge }, merge: { visits: 'counter' } });

  return (req, res) => {
    const asset = findAsset(req.url ?? '/');
    if (asset !== undefined) {
      send(res, 200, asset.text, asset.type);
      return;
    }
    void sessions.run(req, res, async (visit) => {
      switch (`${req.method} ${req.url}`) {
        case 'GET /':
          if (visit.name !== undefined) visit.visits += 1;
          res.setHeader('Cache-Control', 'no-store');
          return send(res, 200, renderPage(visit));
        case 'POST /name':
          return await takeName(req, res, visit);
        case 'POST /logout':
          await visit.destroy();
          return redirect(res);
        default:
          return send(res, 404, 'Not found', 'text/plain');
      }
    });
  };

  async function takeName(
    req: IncomingMessage,
    res: ServerResponse,
    visit: ReturnType<typeof sessions.of>,
  ): Promise<void> {
    const name = readName((await readForm(req)).get('name'));
    if (name === undefined) return send(res, 422, renderPage(visit, nameProblem));
    visit.name = name;
    redirect(res);
  }
}

function send(res: ServerResponse, status: number, text: string, type = 'text/html; charset=utf-8'): void {
  res.writeHead(status, { 'Content-Type': type }).end(text);
}

function redirect(res: ServerResponse): void {
  res.writeHead(303, { Location: '/' }).end();
}
