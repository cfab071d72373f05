/** What a `Set-Cookie` value does to a browser's cookie. */
export interface CookieChange {
  /** The new value; `undefined` if the cookie is removed. */
  readonly token: string | undefined;
  /** Seconds; `undefined` for a cookie that lives as long as the browser's window. */
  readonly maxAge: number | undefined;
}

/** Reads a `Set-Cookie` value as a browser does. */
export function readSetCookie(text: string): CookieChange {
  const [pair = '', ...attributes] = text.split(';');
  const value = pair.slice(pair.indexOf('=') + 1).trim();
  const age = attributes.map((attribute) => /^\s*max-age\s*=\s*(-?\d+)\s*$/i.exec(attribute)?.[1]).find(Boolean);
  const maxAge = age === undefined ? undefined : Number(age);
  const isRemoved = value === '' || (maxAge !== undefined && maxAge <= 0);
  return { token: isRemoved ? undefined : value, maxAge };
}
