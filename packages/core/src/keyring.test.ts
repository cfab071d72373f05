import { describe, expect, test } from 'vitest';
import { nodeDigest } from '../test/support/node-digest.js';
import { webDigest } from './digest.js';
import { Keyring } from './keyring.js';
import { createBearer, createId, parseToken, type Token } from './token.js';

const bearer = createBearer(createId());

function sign(keys: readonly string[], { name = 'sid', text = bearer } = {}): string {
  return new Keyring(() => keys, name, nodeDigest).sign(text) as string;
}

function verify(keys: readonly string[], text: string, name = 'sid') {
  return new Keyring(() => keys, name, nodeDigest).verify(parseToken(text) as Token);
}

describe('Keyring', () => {
  test('without keys a token is its bearer part', () => {
    expect(sign([])).toBe(bearer);
    expect(verify([], bearer)).toBe('current');
  });

  test('with a key it has a signature of 43 characters', () => {
    const text = sign(['key']);
    expect(text.slice(0, bearer.length + 1)).toBe(`${bearer}.`);
    expect(text.slice(bearer.length + 1)).toMatch(/^[\w-]{43}$/);
    expect(verify(['key'], text)).toBe('current');
  });

  test('the first key signs, all verify; a signature of an older one is stale', () => {
    const old = sign(['old']);
    expect(verify(['new', 'old'], old)).toBe('stale');
    expect(verify(['new', 'newer', 'old'], old)).toBe('stale');
    expect(sign(['new', 'old'])).toBe(sign(['new']));
    expect(verify(['new'], old)).toBe('forged');
  });

  test('crypto fallback: with keys, an unsigned token is forged', () => {
    expect(verify(['key'], bearer)).toBe('forged');
  });

  test('crypto fallback: a signature of another token, of another key, or changed by one character is forged', () => {
    const text = sign(['key']);
    const other = sign(['key'], { text: createBearer(createId()) });
    expect(verify(['key'], `${bearer}.${other.slice(-43)}`)).toBe('forged');
    expect(verify(['other key'], text)).toBe('forged');
    for (let at = 1; at <= 43; at++) {
      const character = text.at(-at) === 'A' ? 'B' : 'A';
      const changed = text.slice(0, -at) + character + (at === 1 ? '' : text.slice(1 - at));
      expect(verify(['key'], changed)).toBe('forged');
    }
  });

  test('a token signed for one cookie is forged for another', () => {
    expect(verify(['key'], sign(['key'], { name: 'sid' }), 'admin')).toBe('forged');
  });

  test('a name cannot be made to look like part of the token', () => {
    // 'a' + '=' + 'b=token' and 'a=b' + '=' + 'token' would be one text; a cookie's name has no '='.
    expect(sign(['key'], { name: 'a' })).not.toBe(sign(['key'], { name: 'a=' }));
  });

  test('when keys are given up, signed tokens still work and are sent anew without one', () => {
    expect(verify([], sign(['key']))).toBe('stale');
  });

  test('the key is not the text: different keys, different signatures, and the same ones each time', () => {
    expect(sign(['a'])).not.toBe(sign(['b']));
    expect(sign(['a'])).toBe(sign(['a']));
  });

  test('reads its keys when it first needs them, once', () => {
    let reads = 0;
    const readKeys = () => {
      reads++;
      return ['key'];
    };
    const keyring = new Keyring(readKeys, 'sid', nodeDigest);
    expect(reads).toBe(0);
    void keyring.sign(bearer);
    void keyring.verify({ id: '', bearer });
    expect(reads).toBe(1);
  });

  test('signs the same with a digest that answers with promises', async () => {
    const text = await new Keyring(() => ['key'], 'sid', webDigest).sign(bearer);
    expect(text).toBe(sign(['key']));
    const keyring = new Keyring(() => ['new', 'key'], 'sid', webDigest);
    expect(await keyring.verify(parseToken(text) as Token)).toBe('stale');
  });
});
