import type { AddressInfo } from 'node:net';
import { announce, port, settings } from '../../shared/settings.js';
import { createApp } from './app.js';

const app = createApp(settings);
await app.listen({ port });
announce((app.server.address() as AddressInfo).port);
