import { randomText } from './random.js';

/** Lower-case base 32 without the letters that read like digits: safe in file names, even where case is folded. */
const idAlphabet = '0123456789abcdefghjkmnpqrstvwxyz';
/** 20 characters of 5 bits: 100 bits. */
const idLength = 20;
/** Base64url. */
const secretAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** 32 characters of 6 bits: 192 bits, well above what ASVS 7.2.3 requires. */
const secretLength = 32;

const bearerLength = idLength + 1 + secretLength;
const tokenPattern = /^[0-9a-hjkmnp-tv-z]{20}\.[\w-]{32}(?:\.[\w-]{43})?$/;

/** The parsed value of a session cookie. Nothing about it has been verified. */
export interface Token {
  /** The session it names. */
  readonly id: string;
  /** The part that gives access, `id.secret`; the record holds its hash. */
  readonly bearer: string;
  /** The signature of the bearer part, when there is one. */
  readonly signature?: string;
}

/** A new public handle, 100 random bits. */
export function createId(): string {
  return randomText(idAlphabet, idLength);
}

/** A new bearer part for the session `id`, with 192 random bits. */
export function createBearer(id: string): string {
  return `${id}.${randomText(secretAlphabet, secretLength)}`;
}

/** Parses a cookie's value; `undefined` for anything that is not exactly a token. Costs the same for any length. */
export function parseToken(text: string): Token | undefined {
  if (text.length > bearerLength + 44 || !tokenPattern.test(text)) return undefined;
  const id = text.slice(0, idLength);
  const bearer = text.slice(0, bearerLength);
  return text.length === bearerLength ? { id, bearer } : { id, bearer, signature: text.slice(bearerLength + 1) };
}
