import { isHttp2, type Response } from './response.js';

/** Headers that describe the answer they were set for, and would be wrong on another. */
const answerHeaders: readonly string[] = [
  'Accept-Ranges',
  'Age',
  'Content-Digest',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Location',
  'Content-MD5',
  'Content-Range',
  'Content-Type',
  'Digest',
  'ETag',
  'Expires',
  'Last-Modified',
  'Location',
  'Refresh',
  'Repr-Digest',
  'Trailer',
  'Transfer-Encoding',
];

/**
 * Prepares a response of which nothing has been sent for another answer: headers that describe the old one are removed,
 * others stay, and the status is 500. Not 200, so that an error handler which sets none does not report success.
 */
export function resetResponse(response: Response): void {
  for (const name of answerHeaders) {
    // Removing a length that was never set would keep Node from adding the right one.
    if (response.getHeader(name) !== undefined) response.removeHeader(name);
  }
  const caching = response.getHeader('Cache-Control');
  if (caching !== undefined && !/\bno-store\b/i.test(String(caching))) response.setHeader('Cache-Control', 'no-store');
  response.statusCode = 500;
  if (isHttp2(response)) return;
  response.statusMessage = undefined;
  response.addTrailers({});
}
