import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';

/** A request of `node:http`, `node:https` or the compatibility API of `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/**
 * Whether the connection that reached this process is encrypted. False behind a proxy that ends TLS, and when the
 * connection is already gone.
 */
export function isEncrypted(request: NodeRequest): boolean {
  const socket = request.socket as Partial<TLSSocket> | null;
  return socket?.encrypted === true;
}

/**
 * The protocol that a proxy's headers claim the client used; `undefined` when they claim none. A hint for diagnostics, and to be believed only
 * where every request comes through a proxy that sets these headers, since any client can send them. Where `Forwarded` and `X-Forwarded-Proto`
 * disagree, `'https'` wins, for the hint's use is to notice that a trust setting is missing.
 */
export function readProtocolHint(request: NodeRequest): 'http' | 'https' | undefined {
  const forwarded = readForwardedProtocol(request.headers.forwarded);
  const claimed = toProtocol(firstOf(joinValues(request.headers['x-forwarded-proto']), ','));
  return forwarded === 'https' || claimed === 'https' ? 'https' : (forwarded ?? claimed);
}

/** The `proto` of the first hop in a `Forwarded` header (RFC 7239), such as `for=192.0.2.1;proto=https, for=…`. */
function readForwardedProtocol(header: string | undefined): 'http' | 'https' | undefined {
  for (const pair of firstOf(header, ',').split(';')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim().toLowerCase() === 'proto') return toProtocol(value);
  }
  return undefined;
}

function joinValues(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** The part before the first separator; the client's own hop comes first in both headers. */
function firstOf(list: string | undefined, separator: string): string {
  return list?.split(separator, 1)[0] ?? '';
}

function toProtocol(value: string | undefined): 'http' | 'https' | undefined {
  const protocol = value?.trim().replaceAll('"', '').toLowerCase();
  return protocol === 'http' || protocol === 'https' ? protocol : undefined;
}
