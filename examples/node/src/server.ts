import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { announce, port, settings } from '../../shared/settings.js';
import { createApp } from './app.js';

const server = createServer(createApp(settings));
server.listen(port, () => announce((server.address() as AddressInfo).port));
