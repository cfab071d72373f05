/**
 * The protocol that a proxy's headers `Forwarded` and `X-Forwarded-Proto` claim the client used; `undefined` when they claim none. A hint for diagnostics,
 * and to be believed only where every request comes through a proxy that sets these headers, since any client can send them. Where the two
 * disagree, `'https'` wins, for the hint's use is to notice that a trust setting is missing.
 */
export function readClaimedProtocol(
  forwarded: string | null | undefined,
  forwardedProto: string | null | undefined,
): 'http' | 'https' | undefined {
  const standard = readForwardedProtocol(forwarded);
  const claimed = toProtocol(firstOf(forwardedProto));
  return standard === 'https' || claimed === 'https' ? 'https' : (standard ?? claimed);
}

/** The `proto` of the first hop in a `Forwarded` header (RFC 7239), such as `for=192.0.2.1;proto=https, for=…`. */
function readForwardedProtocol(header: string | null | undefined): 'http' | 'https' | undefined {
  for (const pair of firstOf(header).split(';')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim().toLowerCase() === 'proto') return toProtocol(value);
  }
  return undefined;
}

/** The part before the first comma; the client's own hop comes first in both headers. */
function firstOf(list: string | null | undefined): string {
  return list?.split(',', 1)[0] ?? '';
}

function toProtocol(value: string | undefined): 'http' | 'https' | undefined {
  const protocol = value?.trim().replaceAll('"', '').toLowerCase();
  return protocol === 'http' || protocol === 'https' ? protocol : undefined;
}
