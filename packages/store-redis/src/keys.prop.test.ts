import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeys, decodeName, encodeName } from './keys.js';

// Any sequence of UTF-16 code units, half surrogate pairs included.
const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });
const special = fc.string({ unit: fc.constantFrom('%', '\n', '0', 'a', 'd', '8', '\ud800', '\udfff', '{', '}', ':') });
const name = fc.oneof(anyText, special, fc.string());

describe('keys', () => {
  it('name every id by another key, and lose nothing on the way through UTF-8', () => {
    fc.assert(
      fc.property(name, (id) => {
        const sent = Buffer.from(encodeName(id)).toString();
        expect(decodeName(sent)).toBe(id);
      }),
    );
  });

  it('hold no line feed in an encoded name, which ends the subject in a stored value', () => {
    fc.assert(fc.property(name, (id) => !encodeName(id).includes('\n')));
  });

  it('are never a record’s and an index’s at once', () => {
    const keys = createKeys('session:');
    fc.assert(fc.property(name, name, (id, subject) => keys.record(id) !== keys.index(subject)));
  });

  it('leave the ids that the core makes as they are', () => {
    expect(createKeys('session:').record('Abc-_09')).toBe('session:s:Abc-_09');
    expect(createKeys('session:').index('user-1')).toBe('session:u:user-1');
  });
});
