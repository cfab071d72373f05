/** The keys of one store. Records and indexes never share a key, whatever the ids and subjects are. */
export interface Keys {
  /** The key of the session's record. */
  record(id: string): string;
  /** The key of the index of the subject's sessions. */
  index(subject: string): string;
}

/** The keys that begin with `prefix`. */
export function createKeys(prefix: string): Keys {
  return {
    record: (id) => `${prefix}s:${encodeName(id)}`,
    index: (subject) => `${prefix}u:${encodeName(subject)}`,
  };
}

/**
 * What `encodeName` escapes. Half a surrogate pair has no UTF-8: sent as it is, every such name would arrive as the same U+FFFD.
 * The line feed ends the subject inside a stored value.
 */
const special = /[%\n\p{Surrogate}]/gu;

/** `name` without line feeds and lone surrogates. Different names stay different; `decodeName` undoes it. */
export function encodeName(name: string): string {
  return name.replace(special, (char) => `%${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The name that `encodeName` was given. */
export function decodeName(text: string): string {
  return text.replace(/%([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
