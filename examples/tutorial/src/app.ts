import { fileURLToPath } from 'node:url';
import type { Duration, SessionStore } from '@sess/core';
import { session } from '@sess/express';
import express, { type Express } from 'express';
import { z } from 'zod';
import { renderPage } from './page.js';

/** What the application remembers of a visitor. */
const visitor = z.object({
  name: z.string().min(1).max(40).optional(),
  visits: z.number().int().default(0),
});

/** What the application needs from outside. */
export interface AppOptions {
  readonly store: SessionStore;
  /** The keys that sign cookies. */
  readonly secret: string;
  /** How long a visitor may be away. */
  readonly maxAge: Duration;
}

/** The tutorial's application: it asks for a name, greets by it, and forgets it at logout or after a while. */
export function createApp({ store, secret, maxAge }: AppOptions): Express {
  const sessions = session({
    schema: visitor,
    store,
    secret,
    cookie: { maxAge },
    // Two tabs that reload at once are two visits.
    merge: { visits: 'counter' },
  });

  const app = express();
  app.disable('x-powered-by');
  app.use(express.static(fileURLToPath(new URL('../public', import.meta.url))));
  app.use(sessions);
  app.use(express.urlencoded({ extended: false }));

  app.get('/', (req, res) => {
    const visit = sessions.of(req);
    if (visit.name !== undefined) visit.visits += 1;
    // Without this, the browser's back button would show the greeting after the logout.
    res.set('Cache-Control', 'no-store').send(renderPage(visit));
  });

  app.post('/name', (req, res) => {
    const name = visitor.shape.name.safeParse(String(req.body?.name ?? '').trim());
    if (!name.success || name.data === undefined) {
      res.status(422).send(renderPage(sessions.of(req), 'A name has 1 to 40 characters.'));
      return;
    }
    sessions.of(req).name = name.data;
    res.redirect(303, '/');
  });

  app.post('/logout', async (req, res) => {
    await sessions.of(req).destroy();
    res.redirect(303, '/');
  });

  return app;
}
