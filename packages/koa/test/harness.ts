import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { type AdapterHarness, listen, type Reply } from '@sess/conformance';
import Koa3, { type Context } from 'koa';
import Koa2 from 'koa2';
import { session } from '../src/index.js';

const harnessOf = (Koa: typeof Koa3): AdapterHarness => ({
  async serve({ sessions: options, trustProxy, handle, answerError }) {
    const app = new Koa();
    const sessions = options.map((each) => session(each));
    app.proxy = trustProxy;
    app.silent = true;
    app.use(async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        send(ctx, answerError(error));
      }
    });
    for (const each of sessions) app.use(each);
    app.use(async (ctx) => {
      send(ctx, await handle({ path: ctx.path, sessions: sessions.map((each) => () => each.of(ctx)) }));
    });
    return { ...(await listen(createServer(app.callback()))), sessions };
  },
});

function send(ctx: Pick<Context, 'append' | 'redirect' | 'status' | 'body'>, reply: Reply): void {
  const { status, headers = [], redirect, body } = reply;
  for (const [name, value] of headers) ctx.append(name, value);
  if (redirect !== undefined) ctx.redirect(redirect);
  ctx.status = status ?? (redirect === undefined ? 200 : 302);
  if (redirect !== undefined) return;
  ctx.body = typeof body === 'object' ? Readable.from(body) : (body ?? null);
  if (status === undefined) ctx.status = 200;
}

export const koa3Harness = harnessOf(Koa3);
export const koa2Harness = harnessOf(Koa2 as unknown as typeof Koa3);
