import { session } from '@sess/hono';
import { Hono } from 'hono';
import { findAsset } from '../../shared/assets.js';
import { renderPage } from '../../shared/page.js';
import { type AppOptions, nameProblem, readName, visitor } from '../../shared/visitor.js';

/** The tutorial's application on Hono, wherever Hono runs. */
export function createApp({ store, secret, maxAge }: AppOptions) {
  return new Hono()
    .use(async (c, next) => {
      const asset = findAsset(c.req.path);
      return asset === undefined ? await next() : c.body(asset.text, 200, { 'Content-Type': asset.type });
    })
    .use(session({ schema: visitor, store, secret, cookie: { maxAge }, merge: { visits: 'counter' } }))
    .get('/', (c) => {
      const visit = c.var.session;
      if (visit.name !== undefined) visit.visits += 1;
      c.header('Cache-Control', 'no-store');
      return c.html(renderPage(visit));
    })
    .post('/name', async (c) => {
      const name = readName((await c.req.parseBody()).name);
      if (name === undefined) return c.html(renderPage(c.var.session, nameProblem), 422);
      c.var.session.name = name;
      return c.redirect('/', 303);
    })
    .post('/logout', async (c) => {
      await c.var.session.destroy();
      return c.redirect('/', 303);
    });
}
