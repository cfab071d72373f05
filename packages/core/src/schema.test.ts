import { describe, expect, test } from 'vitest';
import { assertSchema, type Schema, validate } from './schema.js';

function createSchema(answer: () => unknown): Schema {
  return { '~standard': { version: 1, vendor: 'test', validate: answer as Schema['~standard']['validate'] } };
}

const verdictOf = (answer: () => unknown) => validate(createSchema(answer), {});

describe('validate', () => {
  test('answers at once what the schema answers at once', () => {
    expect(verdictOf(() => ({ value: { a: 1 } }))).toEqual({ value: { a: 1 } });
  });

  test('waits for a schema that answers with a promise', async () => {
    expect(await verdictOf(async () => ({ value: { a: 1 } }))).toEqual({ value: { a: 1 } });
  });

  test('copies plain objects and lists of the value, with what they share and whether they are frozen, and nothing else', () => {
    const date = new Date(0);
    const list = Object.freeze([1]);
    const bare = Object.assign(Object.create(null), { date });
    const value: Record<string, unknown> = { list, again: list, bare, nothing: null };
    value.self = value;
    const verdict = verdictOf(() => ({ value })) as unknown as { readonly value: typeof value };

    expect(verdict).toEqual({ value });
    expect(verdict.value).not.toBe(value);
    expect(verdict.value.self).toBe(verdict.value);
    expect(verdict.value.list).not.toBe(list);
    expect(verdict.value.again).toBe(verdict.value.list);
    expect(Object.isFrozen(verdict.value.list)).toBe(true);
    expect(verdict.value.bare).not.toBe(bare);
    expect(Object.getPrototypeOf(verdict.value.bare)).toBeNull();
    expect((verdict.value.bare as typeof bare).date).toBe(date);
  });

  test('says what is wrong, each with its place', () => {
    const issues = [
      { message: 'all of it' },
      { message: 'a name', path: ['user', 'name'] },
      { message: 'an item', path: [{ key: 'cart' }, { key: 0 }] },
      { message: 'a symbol', path: [Symbol('s')] },
    ];
    expect(verdictOf(() => ({ issues }))).toEqual({
      issues: [
        'session: all of it',
        'session.user.name: a name',
        'session.cart.0: an item',
        'session.Symbol(s): a symbol',
      ],
    });
  });

  test('S5: a schema that throws or rejects does not accept the data', async () => {
    const cause = new RangeError('too deep');
    const refusal = { issues: ['session: the schema threw RangeError: too deep'], cause };
    expect(
      verdictOf(() => {
        throw cause;
      }),
    ).toEqual(refusal);
    expect(await verdictOf(() => Promise.reject(cause))).toEqual(refusal);
  });

  test('S5: nor does one whose answer cannot be read, whether it comes at once or not', async () => {
    const refusal = { issues: [expect.stringContaining('session: the schema threw TypeError')] };
    expect(verdictOf(() => undefined)).toMatchObject(refusal);
    expect(await verdictOf(async () => undefined)).toMatchObject(refusal);
  });
});

describe('assertSchema', () => {
  test('accepts none, an object and a function that follow the standard', () => {
    expect(() => assertSchema(undefined)).not.toThrow();
    expect(() => assertSchema(createSchema(() => ({ value: {} })))).not.toThrow();
    expect(() =>
      assertSchema(
        Object.assign(
          () => {},
          createSchema(() => ({ value: {} })),
        ),
      ),
    ).not.toThrow();
  });

  test.each<[unknown]>([[null], [{}], [{ '~standard': {} }], [() => {}], ['schema']])('refuses %o', (schema) => {
    expect(() => assertSchema(schema as Partial<Schema>)).toThrow(/schema does not follow Standard Schema/);
  });
});
