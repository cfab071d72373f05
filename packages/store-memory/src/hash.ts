/** FNV-1a over every `step`th character of a text, as a number of 32 bits. Whoever chooses the text can choose the hash. */
export function hashOf(text: string, step = 1): number {
  let hash = 0x811c9dc5 ^ text.length;
  for (let index = 0; index < text.length; index += step) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
