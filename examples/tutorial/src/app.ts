import { fileURLToPath } from 'node:url';
import { session } from '@sess/express';
import express, { type Express } from 'express';
import { renderPage } from '../../shared/page.js';
import { type AppOptions, nameProblem, readName, visitor } from '../../shared/visitor.js';

/** The tutorial's application: it asks for a name, greets by it, and forgets it at logout or after a while. */
export function createApp({ store, secret, maxAge }: AppOptions): Express {
  const sessions = session({
    schema: visitor,
    store,
    secret,
    // Exercise 3: the session ends after so long without a request.
    cookie: { maxAge },
    // Two tabs that reload at once are two visits.
    merge: { visits: 'counter' },
  });

  const app = express();
  app.disable('x-powered-by');
  app.use(express.static(fileURLToPath(new URL('../../shared/public', import.meta.url))));
  app.use(sessions);
  app.use(express.urlencoded({ extended: false }));

  app.get('/', (req, res) => {
    const visit = sessions.of(req);
    if (visit.name !== undefined) visit.visits += 1;
    // Without this, the browser's back button would show the greeting after the logout.
    res.set('Cache-Control', 'no-store').send(renderPage(visit));
  });

  // Exercise 1: a name that is kept, and greeted by.
  app.post('/name', (req, res) => {
    const name = readName(req.body?.name);
    if (name === undefined) {
      res.status(422).send(renderPage(sessions.of(req), nameProblem));
      return;
    }
    sessions.of(req).name = name;
    res.redirect(303, '/');
  });

  // Exercise 2: the way out.
  app.post('/logout', async (req, res) => {
    await sessions.of(req).destroy();
    res.redirect(303, '/');
  });

  return app;
}
