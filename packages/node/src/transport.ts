import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { readClaimedProtocol } from '@sess/core';

/** A request of `node:http`, `node:https` or the compatibility API of `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/**
 * Whether the connection that reached this process is encrypted. False behind a proxy that terminates TLS, and when the
 * connection is already gone.
 */
export function isEncrypted(request: NodeRequest): boolean {
  const socket = request.socket as Partial<TLSSocket> | null;
  return socket?.encrypted === true;
}

/** The protocol that a proxy's headers claim the client used: see `readClaimedProtocol` of `@sess/core`. */
export function readProtocolHint({ headers }: NodeRequest): 'http' | 'https' | undefined {
  const claimed = headers['x-forwarded-proto'];
  return readClaimedProtocol(headers.forwarded, Array.isArray(claimed) ? claimed[0] : claimed);
}
