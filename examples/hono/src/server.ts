import { serve } from '@hono/node-server';
import { announce, port, settings } from '../../shared/settings.js';
import { createApp } from './app.js';

serve({ fetch: createApp(settings).fetch, port }, (address) => announce(address.port));
