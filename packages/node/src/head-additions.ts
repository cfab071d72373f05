import { cacheControlWithCookie } from '@sess/core';
import type { Response } from './response.js';

/** Headers to add to a response's head. Every field is optional; none of them takes away what the app has set. */
export interface HeadAdditions {
  /** One or more `Set-Cookie` values. They are appended: cookies that others set stay. */
  readonly setCookie?: string | readonly string[] | undefined;
  /** Field names for `Vary`, such as `'Cookie'`. Names already present are not repeated, and `*` stays `*`. */
  readonly vary?: string | undefined;
  /** Whether to send `Cache-Control: no-store`; done only if the app has set no `Cache-Control`, or one for shared caches. */
  readonly noStore?: boolean | undefined;
  /** The value of `Clear-Site-Data`; sent only if the app has set none. */
  readonly clearSiteData?: string | undefined;
}

/** Adds the headers to the response. Idempotent. */
export function applyAdditions(response: Response, additions: HeadAdditions): void {
  const { setCookie, vary, noStore, clearSiteData } = additions;
  if (setCookie !== undefined) appendCookies(response, setCookie);
  if (vary !== undefined) mergeVary(response, vary);
  if (noStore === true) keepFromSharedCaches(response);
  if (clearSiteData !== undefined) setIfAbsent(response, 'Clear-Site-Data', clearSiteData);
}

function appendCookies(response: Response, cookies: string | readonly string[]): void {
  const present = response.getHeader('Set-Cookie');
  const added = typeof cookies === 'string' ? [cookies] : cookies;
  if (present === undefined) {
    response.setHeader('Set-Cookie', [...added]);
    return;
  }
  const all = Array.isArray(present) ? [...present] : [String(present)];
  for (const cookie of added) if (!all.includes(cookie)) all.push(cookie);
  response.setHeader('Set-Cookie', all);
}

function keepFromSharedCaches(response: Response): void {
  const header = response.getHeader('Cache-Control');
  const own = header === undefined ? undefined : String(header);
  const sent = cacheControlWithCookie(own);
  if (sent !== own) response.setHeader('Cache-Control', sent);
}

function mergeVary(response: Response, vary: string): void {
  const present = response.getHeader('Vary');
  if (present === undefined) {
    response.setHeader('Vary', vary);
    return;
  }
  const fields = splitFields(String(present));
  const names = new Set(fields.map((field) => field.toLowerCase()));
  if (names.has('*')) return;
  const missing = splitFields(vary).filter((field) => !names.has(field.toLowerCase()));
  if (missing.length > 0) response.setHeader('Vary', [...fields, ...missing].join(', '));
}

/** The members of a comma-separated header; an array that was turned into a string reads the same. */
function splitFields(value: string): string[] {
  return value
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');
}

function setIfAbsent(response: Response, name: string, value: string): void {
  if (response.getHeader(name) === undefined) response.setHeader(name, value);
}
