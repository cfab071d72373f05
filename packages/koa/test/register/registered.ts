// An application that has registered its middleware, and so types `ctx.session` everywhere. It is a program of its own,
// since a registration holds for a whole program.
import { session } from '@sess/koa';
import Koa from 'koa';
import { z } from 'zod';

const sessions = session({ schema: z.object({ name: z.string().optional() }), secret: 'k' });

declare module '@sess/koa' {
  interface Register {
    session: typeof sessions;
  }
}

const app = new Koa();
app.use(sessions);
app.use((ctx) => {
  ctx.session.name = 'John';
  // @ts-expect-error: a name is a text.
  ctx.session.name = 7;
  // @ts-expect-error: the schema has no such field.
  ctx.session.nmae = 'John';
  ctx.session = null;
});

// Chained, it is the same.
new Koa().use(sessions).use((ctx) => {
  ctx.session.name = 'John';
  // @ts-expect-error: the schema has no such field.
  ctx.session.nmae = 'John';
});

// A router makes its contexts of Koa's defaults, as @koa/router does.
declare function route(path: string, middleware: Koa.Middleware<Koa.DefaultState, Koa.DefaultContext>): void;
route('/', (ctx) => {
  ctx.session.name = 'John';
  // @ts-expect-error: the schema has no such field.
  ctx.session.nmae = 'John';
});
