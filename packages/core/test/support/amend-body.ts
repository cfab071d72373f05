import { decodeBody, type Envelope, encodeBody } from '../../src/record.js';

/** The body with some of its envelope changed, as another server, or somebody with access to the store, might leave it. */
export function amendBody(body: string, changes: (envelope: Envelope) => Partial<Envelope>): string {
  const decoded = decodeBody(body);
  if (typeof decoded === 'string') throw new Error(`The body is ${decoded}: ${body}`);
  const { envelope, dataText } = decoded;
  return encodeBody({ ...envelope, ...changes(envelope) }, dataText);
}
