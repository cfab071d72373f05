import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { type AdapterHarness, listen, type Reply } from '@sess/conformance';
import express5, { type NextFunction, type Request, type Response } from 'express';
import express4 from 'express4';
import { session } from '../src/index.js';

const harnessOf = (express: typeof express5): AdapterHarness => ({
  async serve({ sessions: options, trustProxy, handle, answerError }) {
    const app = express();
    const sessions = options.map((each) => session(each));
    app.set('trust proxy', trustProxy);
    app.use(...sessions);
    app.use((req, res, next) => {
      handle({ path: req.path, sessions: sessions.map((each) => () => each.of(req)) })
        .then((reply) => send(res, reply))
        .catch(next);
    });
    app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => send(res, answerError(error)));
    return { ...(await listen(createServer(app))), sessions };
  },
});

function send(res: Response, { status, headers = [], redirect, body }: Reply): void {
  for (const [name, value] of headers) res.append(name, value);
  if (redirect !== undefined) res.redirect(status ?? 302, redirect);
  else if (typeof body === 'string') res.status(status ?? 200).send(body);
  else if (body === undefined) res.status(status ?? 200).end();
  else Readable.from(body).pipe(res.status(status ?? 200));
}

export const express5Harness = harnessOf(express5);
export const express4Harness = harnessOf(express4 as unknown as typeof express5);
