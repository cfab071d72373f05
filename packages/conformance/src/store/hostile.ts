/** Ids and subjects that look alike to a careless store; each stands for another session. */
export const lookalikes: readonly string[] = [
  'Admin',
  'admin',
  'ADMIN',
  ' admin',
  'admin ',
  'admin\t',
  'admin\n',
  'admin\u00a0',
  '\ufeffadmin',
  '\u00e9', // é, one code point
  'e\u0301', // é, a letter and an accent
  '\ufb01', // the ligature fi
  'fi',
  '\u212a', // the Kelvin sign, which lower-cases to k
  'k',
  'stra\u00dfe',
  'strasse',
  '1',
  '01',
  '1.0',
  '1e0',
];

/** Ids and subjects that mean something to a JavaScript object. */
export const objectWords: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'then',
  'length',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-1',
];

/** Ids and subjects that mean something to a protocol, a query, a key scheme, a shell or a file system. */
export const syntax: readonly string[] = [
  'a',
  'b',
  'a\r\nSET b 1\r\n',
  'a\0',
  'a\0b',
  '\0',
  'a:b',
  'a::b',
  ':',
  'a{b}c',
  '*',
  'a?',
  '[a]',
  '%',
  '_',
  "'; DROP TABLE sessions; --",
  '"',
  '\\',
  '$ne',
  '../a',
  '../../etc/passwd',
  'etc/passwd',
  '/etc/passwd',
  '.',
  '..',
  'a/b',
  'a\\b',
  'CON',
  'nul.txt',
  'C:',
  '-rf',
  '~',
  '$(id)',
  '%2e%2e%2f',
  '{"a":1}',
  '<script>',
  '\u202e', // right-to-left override
  '\u{1f600}',
  '\u{10ffff}',
];

/** Ids and subjects longer, in characters or in bytes, than some columns, file names or keys allow, which differ only at their ends. */
export const long: readonly string[] = [
  ...[255, 256, 300, 512].map((length) => 'x'.repeat(length - 1)),
  '\u4e00'.repeat(511), // of three bytes each in UTF-8
].flatMap((beginning) => [`${beginning}a`, `${beginning}b`]);

/** Every code point of the basic plane that stands alone (no surrogates), then some of the other planes. */
export function everyCharacter(): string {
  const parts: string[] = [];
  for (let code = 0; code <= 0xffff; code += 1) {
    if (code < 0xd800 || code > 0xdfff) parts.push(String.fromCharCode(code));
  }
  return `${parts.join('')}\u{10000}\u{1f600}\u{2fa1d}\u{e0001}\u{10ffff}`;
}

/** Bodies that a careless store takes for something else. */
export const bodies: readonly string[] = [
  '',
  ' ',
  'null',
  'undefined',
  '0',
  '{}',
  '{"__proto__":{"admin":true}}',
  '{"a":1,"a":2}',
  ' {"a": 1} ',
  'a\0b',
  'a\r\nb\n',
  '\ufefftext',
  '"quoted" \'quoted\' `quoted` \\backslash',
  'e\u0301 \u00e9',
  '\u{1f600}\u{10ffff}',
];
