import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { type LoginOptions, reservedKeys } from './session.js';
import {
  endHandle,
  fillHandle,
  freezeHandle,
  isReserved,
  SessionHandle,
  type SessionHost,
  sealMembers,
} from './session-handle.js';

type Loose = SessionHandle & Record<string, unknown>;

/** Runs an assignment outside strict mode, where the language ignores those it cannot make. */
const assignSloppily = new Function('target', 'key', 'value', 'target[key] = value') as (
  target: object,
  key: string,
  value: unknown,
) => void;

/** A host that notes the verbs called. */
class NotingHost implements SessionHost {
  readonly id = 'the-id';
  readonly isNew = true;
  isEnded = false;
  readonly subject = 'ann';
  readonly createdAt = 1;
  readonly authenticatedAt = 2;
  readonly isRemembered = true;
  readonly expiresAt = 3;
  readonly now = 4;
  readonly calls: unknown[][] = [];

  save = () => this.#note('save');
  reload = () => this.#note('reload');
  touch = () => this.#note('touch');
  replace = (data: object) => void this.#note('replace', data);
  login = (...call: [string, LoginOptions?]) => this.#note('login', ...call);
  rotate = () => this.#note('rotate');
  regenerate = (options?: object) => this.#note('regenerate', options);
  destroy = () => this.#note('destroy');
  detachSession = () => {};

  async #note(...call: unknown[]): Promise<void> {
    this.calls.push(call);
  }
}

let host: NotingHost;
let handle: Loose;

beforeEach(() => {
  host = new NotingHost();
  handle = new SessionHandle(host) as Loose;
});

describe('a session’s object', () => {
  test('shows its data, and nothing but its data, as own enumerable fields', () => {
    handle.name = 'Ann';
    handle.cart = [1];
    expect(JSON.stringify(handle)).toBe('{"name":"Ann","cart":[1]}');
    expect({ ...handle }).toEqual({ name: 'Ann', cart: [1] });
    expect(Object.keys(handle)).toEqual(['name', 'cart']);
    expect(Reflect.ownKeys(handle)).toEqual(['name', 'cart']);
    const looped: string[] = [];
    for (const key in handle) looped.push(key);
    expect(looped).toEqual(['name', 'cart']);
    expect(structuredClone({ ...handle })).toEqual({ name: 'Ann', cart: [1] });
  });

  test('serves the facts and the verbs from its host', async () => {
    const { id, isNew, isDestroyed, subject, createdAt, authenticatedAt, isRemembered, expiresAt } = handle;
    expect({ id, isNew, isDestroyed, subject, createdAt, authenticatedAt, isRemembered, expiresAt }).toEqual({
      id: 'the-id',
      isNew: true,
      isDestroyed: false,
      subject: 'ann',
      createdAt: 1,
      authenticatedAt: 2,
      isRemembered: true,
      expiresAt: 3,
    });
    await handle.save();
    await handle.reload();
    await handle.touch();
    handle.replace({ a: 1 });
    await handle.login('bob', { remember: true });
    await handle.rotate();
    await handle.regenerate({ keep: ['a'] });
    await handle.destroy();
    expect(host.calls).toEqual([
      ['save'],
      ['reload'],
      ['touch'],
      ['replace', { a: 1 }],
      ['login', 'bob', { remember: true }],
      ['rotate'],
      ['regenerate', { keep: ['a'] }],
      ['destroy'],
    ]);
  });

  test.each(reservedKeys)('%s cannot be assigned, in strict mode or out of it, and says so', (key) => {
    const refusal = `session.${key} is reserved by Session; choose another name for the field.`;
    expect(() => {
      (handle as Record<string, unknown>)[key] = 7;
    }).toThrow(refusal);
    expect(() => assignSloppily(handle, key, 7)).toThrow(refusal);
    expect(() => Object.assign(handle, JSON.parse(`{"${key}":7}`))).toThrow(refusal);
    expect(Object.keys(handle)).toEqual([]);
    expect(isReserved(key)).toBe(true);
  });

  test('reservedKeys names every member of the object', () => {
    const members = Object.getOwnPropertyNames(SessionHandle.prototype).filter((key) => key !== 'constructor');
    expect([...members].sort()).toEqual([...reservedKeys].sort());
  });

  test('prototype pollution: session.__proto__ cannot be set, and shows nothing', () => {
    expect(() => assignSloppily(handle, '__proto__', { admin: true })).toThrow('session.__proto__ is reserved');
    expect(handle.admin).toBeUndefined();
    expect(Object.getPrototypeOf(handle)).toBe(SessionHandle.prototype);
    expect(Reflect.get(handle, '__proto__')).toBeUndefined();
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  test('names that objects inherit are ordinary fields', () => {
    for (const key of ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'cookie', 'then']) handle[key] = key;
    expect(Object.keys(handle)).toHaveLength(6);
    expect(handle.toString).toBe('toString');
  });

  test('token in logs: inspected to any depth, it shows its data and nothing of its host', () => {
    handle.name = 'Ann';
    const shown = inspect(handle, { depth: Number.POSITIVE_INFINITY, showHidden: true });
    expect(shown).toContain('Ann');
    expect(shown).not.toContain('the-id');
    expect(shown).not.toContain('NotingHost');
  });
});

describe('fillHandle', () => {
  test('puts the data in place of what was there', () => {
    handle.old = 1;
    fillHandle(handle, { a: 1, b: 2 });
    expect({ ...handle }).toEqual({ a: 1, b: 2 });
  });

  test('takes the data of the object itself', () => {
    handle.a = 1;
    fillHandle(handle, handle);
    expect({ ...handle }).toEqual({ a: 1 });
  });

  test('changes nothing if one of the names is reserved', () => {
    handle.old = 1;
    expect(() => fillHandle(handle, { a: 1, destroy: 2 })).toThrow('session.destroy is reserved');
    expect(() => fillHandle(handle, JSON.parse('{"__proto__":{"x":1}}'))).toThrow('session.__proto__ is reserved');
    expect({ ...handle }).toEqual({ old: 1 });
  });
});

describe('endHandle', () => {
  beforeEach(() => {
    handle.name = 'Ann';
    endHandle(handle);
    host.isEnded = true;
  });

  test('takes the data away; the facts remain', () => {
    expect({ ...handle }).toEqual({});
    expect(JSON.stringify(handle)).toBe('{}');
    expect(handle.name).toBeUndefined();
    expect([handle.id, handle.subject, handle.isDestroyed]).toEqual(['the-id', 'ann', true]);
    expect(handle).toBeInstanceOf(SessionHandle);
  });

  test.each(['name', 'other', 'id', 'toString', '__proto__'])(
    'writing %s throws, in strict mode or out of it',
    (key) => {
      const refusal = expect.objectContaining({
        code: 'ERR_SESS_ENDED',
        message: expect.stringMatching(
          `session\\.${key} cannot be set: the session has ended.*Check session\\.isDestroyed`,
        ),
      });
      expect(() => {
        (handle as Record<string, unknown>)[key] = 1;
      }).toThrow(refusal);
      expect(() => assignSloppily(handle, key, 1)).toThrow(refusal);
      expect(Reflect.ownKeys(handle)).toEqual([]);
    },
  );

  test('no other way of writing does anything in silence', () => {
    expect(() => Object.assign(handle, { a: 1 })).toThrow(/has ended/);
    expect(() => Object.defineProperty(handle, 'a', { value: 1 })).toThrow(TypeError);
    expect(() => Object.setPrototypeOf(handle, {})).toThrow(TypeError);
    expect(() => fillHandle(handle, { a: 1 })).toThrow(/has ended/);
    expect({ ...handle }).toEqual({});
  });

  test('may be called again, and the verbs still reach the host', async () => {
    expect(() => endHandle(handle)).not.toThrow();
    await handle.destroy();
    expect(host.calls).toEqual([['destroy']]);
  });

  test('token in logs: inspected, it shows nothing of its host, proxies included', () => {
    const shown = inspect(handle, { depth: Number.POSITIVE_INFINITY, showHidden: true, showProxy: true });
    expect(shown).not.toContain('the-id');
  });
});

describe('freezeHandle', () => {
  beforeEach(() => {
    handle.name = 'Ann';
    freezeHandle(handle);
  });

  test('keeps showing the data', () => {
    expect({ ...handle }).toEqual({ name: 'Ann' });
    expect(JSON.stringify(handle)).toBe('{"name":"Ann"}');
    expect(Object.keys(handle)).toEqual(['name']);
  });

  test.each(['name', 'other'])('writing %s throws, in strict mode or out of it, and says where to write', (key) => {
    const refusal = /cannot be set: this object shows the session as it was.*such as req\.session/;
    expect(() => {
      handle[key] = 'Bob';
    }).toThrow(refusal);
    expect(() => assignSloppily(handle, key, 'Bob')).toThrow(refusal);
    expect(handle.name).toBe('Ann');
  });

  test('a field cannot be deleted or defined', () => {
    expect(Reflect.deleteProperty(handle, 'name')).toBe(false);
    expect(Reflect.defineProperty(handle, 'name', { value: 'Bob' })).toBe(false);
  });
});

describe('sealMembers', () => {
  test('seals the members that an adapter’s class overrides, and leaves its own alone', async () => {
    class CallbackHandle extends SessionHandle {
      override save(done?: () => void): Promise<void> {
        return super.save().then(done);
      }
      extra = 1;
    }
    sealMembers(CallbackHandle);
    const special = new CallbackHandle(host);
    let isDone = false;
    await special.save(() => {
      isDone = true;
    });
    expect(isDone).toBe(true);
    expect(() => assignSloppily(special, 'save', 1)).toThrow('session.save is reserved');
    special.extra = 2;
    expect(special.extra).toBe(2);
  });
});
