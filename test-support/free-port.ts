import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that Linux, macOS and Windows give to outgoing connections and to servers that ask for any port: one
// of those may take a port of that range between the moment it was found free and the moment it is listened on.
const lowest = 10_000;
const highest = 32_767;

/** A TCP port of the loopback interface that nothing listens on now. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
