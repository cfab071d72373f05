import { randomBytes } from 'node:crypto';
import { memoryStore } from '@sess/store-memory';
import { createApp } from './app.js';

const { PORT = '3000', SECRET = randomBytes(32).toString('base64url'), MAX_AGE = '60000' } = process.env;

const app = createApp({ store: memoryStore(), secret: SECRET, maxAge: Number(MAX_AGE) });
const server = app.listen(Number(PORT), () => {
  const { port } = server.address() as { port: number };
  console.log(`The tutorial runs at http://localhost:${port}`);
});
