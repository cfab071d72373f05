import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duration, SessionStore } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { type Browser, chromium } from 'playwright-core';
import { createApp } from '../src/app.js';

/** Starts the application on a free port. */
export async function startApp({
  maxAge = 60_000,
  store = memoryStore(),
}: {
  readonly maxAge?: Duration;
  readonly store?: SessionStore;
} = {}): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const app = createApp({ store, secret: 'a key for the test', maxAge });
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Starts a browser that asks nobody but the page for anything. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      // Chromium's sandbox refuses to run as root, as in most containers.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
