import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBearer, createId, parseToken } from './token.js';

const id = '0123456789abcdefghjk';
const secret = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012-_z';
const signature = 's'.repeat(43);
const bearer = `${id}.${secret}`;

describe('createId and createBearer', () => {
  test('ASVS 7.2.3: an id has 100 random bits, a secret 192, in characters that need no escaping', () => {
    const newId = createId();
    expect(newId).toMatch(/^[0-9a-hjkmnp-tv-z]{20}$/);
    const newBearer = createBearer(newId);
    expect(newBearer).toMatch(/^[0-9a-hjkmnp-tv-z]{20}\.[A-Za-z0-9_-]{32}$/);
    expect(newBearer.startsWith(`${newId}.`)).toBe(true);
  });

  test('are different each time', () => {
    expect(new Set(Array.from({ length: 1000 }, createId)).size).toBe(1000);
    expect(new Set(Array.from({ length: 1000 }, () => createBearer(id))).size).toBe(1000);
  });

  test('every token made can be taken apart again', () => {
    for (let i = 0; i < 1000; i++) {
      const newId = createId();
      const newBearer = createBearer(newId);
      expect(parseToken(newBearer)).toEqual({ id: newId, bearer: newBearer });
      expect(parseToken(`${newBearer}.${signature}`)).toEqual({ id: newId, bearer: newBearer, signature });
    }
  });
});

describe('parseToken', () => {
  test('takes a token apart, signed or not', () => {
    expect(parseToken(bearer)).toEqual({ id, bearer });
    expect(parseToken(`${bearer}.${signature}`)).toEqual({ id, bearer, signature });
  });

  test.each([
    ['sentinel ids: nothing', ''],
    ['sentinel ids: null', 'null'],
    ['sentinel ids: undefined', 'undefined'],
    ['sentinel ids: 0', '0'],
    ['sentinel ids: __proto__', `__proto__.${secret}`],
    ['sentinel ids: constructor', `constructor.${secret}`],
    ['crypto fallback: an empty signature', `${bearer}.`],
    ['crypto fallback: a truncated signature', `${bearer}.${signature.slice(1)}`],
    ['crypto fallback: a longer signature', `${bearer}.${signature}s`],
    ['crypto fallback: two signatures', `${bearer}.${signature}.${signature}`],
    ['a truncated secret', bearer.slice(0, -1)],
    ['a longer secret', `${bearer}x`],
    ['an empty secret', `${id}.`],
    ['no secret', id],
    ['upper case in the id', `${id.toUpperCase()}.${secret}`],
    ['a letter that looks like a digit in the id', `${id.replace('a', 'o')}.${secret}`],
    ['another border', `${id}:${secret}`],
    ['a blank before', ` ${bearer}`],
    ['a line feed after', `${bearer}\n`],
    ['a line feed inside', `${id}.${secret.slice(1)}\n`],
    ['id injection: NUL', `${id.slice(1)}\0.${secret}`],
    ['id injection: a path', `../../etc/passwd0000.${secret}`],
    ['id injection: a glob', `*${id.slice(1)}.${secret}`],
    ['id injection: a colon', `a:${id.slice(2)}.${secret}`],
    ['escapes', encodeURIComponent(`${bearer}=`)],
    ['full-width digits', `０123456789abcdefghjk.${secret}`],
    ['express-session’s form', `s:${bearer}.${signature}`],
  ])('refuses %s', (_, text) => {
    expect(parseToken(text)).toBeUndefined();
  });

  test('S4: of all that a token can be changed into, accepts nothing but tokens', () => {
    const edit = fc.record({
      at: fc.nat({ max: 97 }),
      remove: fc.nat({ max: 2 }),
      insert: fc.array(fc.nat({ max: 0xffff }), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.boolean(), edit, (isSigned, { at, remove, insert }) => {
        const text = isSigned ? `${bearer}.${signature}` : bearer;
        const edited = text.slice(0, at) + String.fromCharCode(...insert) + text.slice(at + remove);
        const token = parseToken(edited);
        if (token === undefined) return;
        expect(token.id).toMatch(/^[0-9a-hjkmnp-tv-z]{20}$/);
        expect([token.bearer, token.signature].filter(Boolean).join('.')).toBe(edited);
      }),
    );
  });

  test('S4: does not look into a text that is too long', () => {
    let looks = 0;
    const observed = new Proxy(
      { length: 1_000_000 },
      {
        get(target, key) {
          if (key === 'length') return target.length;
          looks++;
          return undefined;
        },
      },
    );
    expect(parseToken(observed as unknown as string)).toBeUndefined();
    expect(looks).toBe(0);
  });
});
