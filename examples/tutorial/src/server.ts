import type { Duration } from '@sess/core';
import { fileStore } from '@sess/store-file';
import { createApp } from './app.js';

// MAX_AGE is a text such as '30m', or milliseconds. In production the key is long, random, and comes from the environment.
const { PORT = '3000', SECRET = 'secret-key', MAX_AGE = '1m', SESSIONS = '.sessions' } = process.env;

// Files survive a restart of the application, and its sudden death.
const app = createApp({ store: fileStore({ directory: SESSIONS }), secret: SECRET, maxAge: MAX_AGE as Duration });
const server = app.listen(Number(PORT), (error) => {
  // The port is taken, for instance: Express 5 passes that to this callback.
  if (error) throw error;
  const { port } = server.address() as { port: number };
  console.log(`The tutorial runs at http://localhost:${port}`);
});
