import { describe, expect, test } from 'vitest';
import { assertSubject } from './subject.js';

describe('assertSubject', () => {
  test.each([['1'], ['ann@example.com'], ['__proto__'], ['ünï😀'], [' '], ['x'.repeat(512)], ['a:b*c/../d\n']])(
    'accepts %o',
    (subject) => {
      expect(() => assertSubject(subject)).not.toThrow();
    },
  );

  test.each([
    [7, /is of type number; it takes the user's id as a string, String\(user\.id\)/],
    [undefined, /is of type undefined/],
    [null, /is null/],
    [{}, /is of type object/],
    ['', /has 0 characters; it takes 1 to 512/],
    ['x'.repeat(513), /has 513 characters/],
    ['a\0b', /contains NUL/],
    ['a\ud800', /half a surrogate pair/],
    ['\udc00a', /half a surrogate pair/],
  ])('refuses %o, saying why', (subject, message) => {
    expect(() => assertSubject(subject)).toThrow(message);
    expect(() => assertSubject(subject)).toThrow(expect.objectContaining({ code: 'ERR_SESS_DATA' }));
  });

  test('the message does not repeat the subject', () => {
    expect(() => assertSubject('ann\0secret')).toThrow(/^(?!.*secret)/);
  });
});
