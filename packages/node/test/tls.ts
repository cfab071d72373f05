import type { SecureClientSessionOptions } from 'node:http2';
import type { TlsOptions } from 'node:tls';

// A key both sides know makes a TLS connection without any certificate.
const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const suite = { ciphers: 'PSK-AES256-GCM-SHA384', maxVersion: 'TLSv1.2' } as const;

/** Options of a TLS server for `tlsClient`. */
export const tlsServer: TlsOptions = { ...suite, pskCallback: () => key, pskIdentityHint: 'test' };

/** Options of a TLS client for `tlsServer`. */
export const tlsClient: SecureClientSessionOptions = {
  ...suite,
  pskCallback: () => ({ psk: key, identity: 'test' }),
  checkServerIdentity: () => undefined,
};
