import { cacheControlWithCookie, type HeadAdditions, varyWithCookie } from '@sess/core';
import type { Response } from './response.js';

/** Adds the headers to the response, and takes away nothing that the app has set. Idempotent. */
export function applyAdditions(response: Response, { setCookie, vary, noStore, clearSiteData }: HeadAdditions): void {
  if (setCookie !== undefined) appendCookie(response, setCookie);
  if (vary !== undefined) adjust(response, 'Vary', varyWithCookie);
  if (noStore === true) adjust(response, 'Cache-Control', cacheControlWithCookie);
  if (clearSiteData !== undefined) adjust(response, 'Clear-Site-Data', (own) => own ?? clearSiteData);
}

function appendCookie(response: Response, cookie: string): void {
  const own = response.getHeader('Set-Cookie') ?? [];
  const all = Array.isArray(own) ? own : [String(own)];
  if (!all.includes(cookie)) response.setHeader('Set-Cookie', [...all, cookie]);
}

/** Sets a header to what `change` makes of its present value; a list reads as one text with commas. */
function adjust(response: Response, name: string, change: (own: string | undefined) => string): void {
  const header = response.getHeader(name);
  const own = header === undefined ? undefined : String(header);
  const sent = change(own);
  if (sent !== own) response.setHeader(name, sent);
}
