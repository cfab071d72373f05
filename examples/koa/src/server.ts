import type { AddressInfo } from 'node:net';
import { announce, port, settings } from '../../shared/settings.js';
import { createApp } from './app.js';

const server = createApp(settings).listen(port, () => announce((server.address() as AddressInfo).port));
