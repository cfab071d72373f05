import { cacheControlWithCookie, type HeadAdditions, varyWithCookie } from '@sess/core';

/** The response with the additions to its headers: the same object if its headers can be changed, else a new one with the same body. */
export function addHeaders(response: Response, additions: HeadAdditions | undefined): Response {
  if (additions === undefined) return response;
  try {
    if (additions.setCookie === undefined || !isReusable(response)) {
      apply(response.headers, additions);
      return response;
    }
  } catch {
    // The headers of a redirect or of a fetched response are immutable, and throw. Anything else throws again below.
  }
  const headers = new Headers(response.headers);
  apply(headers, additions);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/** Whether the application may have one such response for everybody, who would then all be sent the cookie. An upgrade cannot be copied. */
function isReusable({ body, status }: Response): boolean {
  return body === null && status !== 101;
}

function apply(headers: Headers, { setCookie, vary, noStore, clearSiteData }: HeadAdditions): void {
  if (setCookie !== undefined) headers.append('Set-Cookie', setCookie);
  if (vary !== undefined) headers.set('Vary', varyWithCookie(headers.get('Vary') ?? undefined));
  if (noStore) headers.set('Cache-Control', cacheControlWithCookie(headers.get('Cache-Control') ?? undefined));
  if (clearSiteData !== undefined && !headers.has('Clear-Site-Data')) headers.set('Clear-Site-Data', clearSiteData);
}
