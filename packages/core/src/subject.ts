import { SessError } from './errors.js';

const longestSubject = 512;

/**
 * Throws `ERR_SESS_DATA` unless `subject` is a string that every store can tell from any other: 1 to 512 characters, well-formed
 * Unicode (lone surrogates would all be stored as the same character) and without NUL.
 */
export function assertSubject(subject: unknown): asserts subject is string {
  if (typeof subject !== 'string') {
    throw subjectError(
      `is ${subject === null ? 'null' : `of type ${typeof subject}`}; it takes the user's id as a string, String(user.id) for instance.`,
    );
  }
  if (subject.length === 0 || subject.length > longestSubject) {
    throw subjectError(`has ${subject.length} characters; it takes 1 to ${longestSubject}.`);
  }
  if (/[\0\p{Surrogate}]/u.test(subject))
    throw subjectError('contains NUL or half a surrogate pair, which stores cannot keep.');
}

function subjectError(problem: string): SessError<'ERR_SESS_DATA'> {
  return new SessError('ERR_SESS_DATA', `The subject ${problem}`);
}
