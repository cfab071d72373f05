import { serve } from '@hono/node-server';
import { announce, port, settings } from '../../shared/settings.js';
import { createApp } from './app.js';

// On Bun and Deno: `Bun.serve({ fetch: app, port })`, `Deno.serve({ port }, app)`; a worker exports `{ fetch: app }`.
serve({ fetch: createApp(settings), port }, (address) => announce(address.port));
