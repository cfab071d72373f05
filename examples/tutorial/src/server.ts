import { fileStore } from '@sess/store-file';
import { createApp } from './app.js';

// In production the key is long, random, and comes from the environment.
const { PORT = '3000', SECRET = 'secret-key', MAX_AGE = '60000', SESSIONS = '.sessions' } = process.env;

// Files survive a restart of the application, and its sudden death.
const app = createApp({ store: fileStore({ directory: SESSIONS }), secret: SECRET, maxAge: Number(MAX_AGE) });
const server = app.listen(Number(PORT), () => {
  const { port } = server.address() as { port: number };
  console.log(`The tutorial runs at http://localhost:${port}`);
});
