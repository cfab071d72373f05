import type { AddressInfo, Server } from 'node:net';
import type { RunningApp } from './harness.js';

/**
 * Starts a server of `node:http` or `node:http2` on a free port of this machine, for a harness whose framework runs on one. `close` cuts
 * connections that are still open.
 */
export async function listen(server: Server): Promise<Pick<RunningApp, 'url' | 'close'>> {
  const sockets = new Set<{ destroy(): unknown }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
