import type { AdapterHarness } from '@sess/conformance';
import { answerWith, fetchHarness } from '../../packages/fetch/test/harness.js';

type Handler = (request: Request) => Promise<Response>;

/** What is needed of Bun and Deno; neither's types are installed here. */
interface Runtime {
  readonly Bun?: {
    serve(options: { readonly port: 0; readonly hostname: string; readonly idleTimeout: 0; readonly fetch: Handler }): {
      readonly port: number;
      stop(closeConnections: true): Promise<void>;
    };
  };
  readonly Deno?: {
    serve(
      options: { readonly port: 0; readonly hostname: string; readonly onListen: () => void },
      handler: Handler,
    ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
  };
}

const hostname = '127.0.0.1';

/** `@sess/fetch` on the server that the runtime has of its own, `Bun.serve` or `Deno.serve`; `undefined` on Node, which has none. */
export function findNativeHarness(): AdapterHarness | undefined {
  const serve = findServe(globalThis as Runtime);
  return (
    serve && {
      ...fetchHarness,
      serve(app) {
        const { sessions, answer } = answerWith(app);
        const { port, close } = serve(answer);
        return { url: `http://${hostname}:${port}`, sessions, close };
      },
    }
  );
}

function findServe({
  Bun,
  Deno,
}: Runtime): ((answer: Handler) => { readonly port: number; close(): Promise<void> }) | undefined {
  if (Bun !== undefined) {
    return (answer) => {
      const server = Bun.serve({ port: 0, hostname, idleTimeout: 0, fetch: answer });
      return { port: server.port, close: () => server.stop(true) };
    };
  }
  if (Deno !== undefined) {
    return (answer) => {
      const server = Deno.serve({ port: 0, hostname, onListen: () => {} }, answer);
      return { port: server.addr.port, close: () => server.shutdown() };
    };
  }
  return undefined;
}
