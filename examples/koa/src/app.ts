import { session } from '@sess/koa';
import Koa from 'koa';
import { findAsset } from '../../shared/assets.js';
import { renderPage } from '../../shared/page.js';
import { readForm } from '../../shared/read-form.js';
import { type AppOptions, nameProblem, readName, visitor } from '../../shared/visitor.js';

/** The tutorial's application on Koa. */
export function createApp({ store, secret, maxAge }: AppOptions): Koa {
  const app = new Koa();
  app.use(async (ctx, next) => {
    const asset = findAsset(ctx.path);
    if (asset === undefined) return await next();
    ctx.type = asset.type;
    ctx.body = asset.text;
  });

  // What `use` returns knows the type of `ctx.session`.
  app
    .use(session({ schema: visitor, store, secret, cookie: { maxAge }, merge: { visits: 'counter' } }))
    .use(async (ctx) => {
      const visit = ctx.session;
      switch (`${ctx.method} ${ctx.path}`) {
        case 'GET /':
          if (visit.name !== undefined) visit.visits += 1;
          ctx.set('Cache-Control', 'no-store');
          ctx.body = renderPage(visit);
          return;
        case 'POST /name': {
          const name = readName((await readForm(ctx.req)).get('name'));
          if (name === undefined) {
            ctx.status = 422;
            ctx.body = renderPage(visit, nameProblem);
            return;
          }
          visit.name = name;
          ctx.status = 303;
          ctx.redirect('/');
          return;
        }
        case 'POST /logout':
          ctx.session = null;
          ctx.status = 303;
          ctx.redirect('/');
      }
    });
  return app;
}
