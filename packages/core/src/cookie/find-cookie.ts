/** How many cookies of one name are looked at. A browser sends several when paths or domains overlap. */
const mostValues = 4;

/**
 * The values of the cookies called `name` in a `Cookie` header, in the browser's order, four at most.
 * Names are compared exactly, nothing is decoded, and the time is linear in the header's length.
 */
export function findCookies(header: string | undefined, name: string): readonly string[] {
  if (header === undefined) return [];
  const values: string[] = [];
  const needle = `${name}=`;
  let at = header.indexOf(needle);
  while (at !== -1 && values.length < mostValues) {
    const start = at + needle.length;
    if (beginsCookie(header, at)) {
      const semicolon = header.indexOf(';', start);
      const end = semicolon === -1 ? header.length : semicolon;
      values.push(trimBlanks(header.slice(start, end)));
      at = header.indexOf(needle, end);
    } else {
      at = header.indexOf(needle, start);
    }
  }
  return values;
}

/** Whether only blanks separate `at` from the preceding `;` or the beginning. */
function beginsCookie(header: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && isBlank(header.charCodeAt(before))) before--;
  return before < 0 || header.charCodeAt(before) === 0x3b;
}

/** Only space and tab: `trim` would also take Unicode spaces, which browsers keep. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
