import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { isSerializationFailure, PostgresStoreError, toStoreError } from './errors.js';
import { qualifyTable } from './table.js';

const statement = { operation: 'update', name: 'sess_update', text: 'UPDATE …' };
const failure = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });
const wrap = (error: unknown) => toStoreError(error, statement, qualifyTable({}));

describe('toStoreError', () => {
  it('says what failed, why, with which code and what to do, and keeps the cause', () => {
    const cause = failure('relation "public.sess_sessions" does not exist', '42P01');
    const error = wrap(cause);
    expect(error.message).toBe(
      'postgresStore: update failed: relation "public.sess_sessions" does not exist (42P01). The table ' +
        '"public"."sess_sessions" is missing or not this package\'s: run `await store.migrate()` once, or the SQL of `migrationSql()`.',
    );
    expect(error).toMatchObject({ name: 'PostgresStoreError', sqlState: '42P01' });
    expect(error.cause).toMatchObject({ name: 'Error', message: cause.message, code: '42P01', stack: cause.stack });
  });

  it("keeps the session's data out of the cause, where drivers put them (S1)", () => {
    const data = {
      detail: 'Failing row contains (canary).',
      where: "extended query with parameters: $1 = 'canary'",
      internalQuery: "SELECT 'canary'",
      parameters: ['canary'],
      args: ['canary'],
      whateverADriverAdds: 'canary',
    };
    const error = wrap(Object.assign(failure('no', '23514'), { constraint: 'positive' }, data));
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('canary');
    expect(error.cause).toMatchObject({ constraint: 'positive' });
  });

  it("keeps the driver's own cause and the errors of an AggregateError, none with data (S1)", () => {
    const withData = (message: string) => Object.assign(failure(message, 'ECONNREFUSED'), { args: ['canary'] });
    const inner = [withData('connect ECONNREFUSED ::1:5432'), withData('connect ECONNREFUSED 127.0.0.1:5432')];
    const error = wrap(
      Object.assign(new AggregateError(inner, '', { cause: withData('deeper') }), { code: 'ECONNREFUSED' }),
    );
    expect(error.message).toMatch(
      /^postgresStore: update failed: connect ECONNREFUSED ::1:5432 \(ECONNREFUSED\)\. The conn/,
    );
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect(error.cause).toMatchObject({
      errors: [{ message: 'connect ECONNREFUSED ::1:5432' }, { message: 'connect ECONNREFUSED 127.0.0.1:5432' }],
      cause: { message: 'deeper', code: 'ECONNREFUSED' },
    });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('canary');
  });

  it('ends also with a cause that is its own', () => {
    const circle: Error & { cause?: unknown } = failure('round');
    circle.cause = circle;
    expect(wrap(circle).message).toBe('postgresStore: update failed: round.');
    expect(wrap(Object.assign(failure('odd'), { cause: { text: 'canary' } })).cause).not.toHaveProperty('cause');
  });

  // Those a server of the tests does not answer; faults.test.ts has the others.
  it.each([
    ['53100', /disk is full/],
    ['57P03', /try again/],
    ['08006', /lost/],
    ['28P01', /login/],
    ['26000', /leave out `prepare`/],
    ['40P01', /another order/],
    ['ETIMEDOUT', /lost/],
    ['CONNECT_TIMEOUT', /lost/],
  ])('knows what to do about %s', (code, advice) => {
    expect(wrap(failure('no', code)).message).toMatch(advice);
  });

  it('tells a code of PostgreSQL from one of the driver or of Node', () => {
    expect(wrap(failure('no', '57P03')).sqlState).toBe('57P03');
    expect(wrap(failure('no', 'ECONNRESET')).sqlState).toBeUndefined();
    // As long as PostgreSQL's codes, which never begin with an E.
    for (const code of ['EPIPE', 'EPERM', 'EBADF']) expect(wrap(failure('no', code)).sqlState).toBeUndefined();
  });

  it('passes on what it does not know, whatever was thrown', () => {
    expect(wrap(failure('odd', 'XX000')).message).toBe('postgresStore: update failed: odd (XX000).');
    expect(wrap('text').message).toBe('postgresStore: update failed: text.');
    expect(wrap(undefined).message).toBe('postgresStore: update failed: undefined.');
    expect(wrap(failure('constructor', 'constructor')).message).toBe(
      'postgresStore: update failed: constructor (constructor).',
    );
  });
});

describe('isSerializationFailure', () => {
  it.each([
    ['40001', true],
    ['40P01', true],
    ['40002', false],
    [undefined, false],
  ])('%s: %s', (code, expected) => {
    expect(isSerializationFailure(failure('no', code))).toBe(expected);
  });
});

describe('PostgresStoreError.is', () => {
  it('knows an error of another copy of the package, where instanceof fails', async () => {
    vi.resetModules();
    const copy = await import('./errors.js');
    const error = new copy.PostgresStoreError('failed', '42P01');
    expect(error).not.toBeInstanceOf(PostgresStoreError);
    expect(PostgresStoreError.is(error)).toBe(true);
  });

  it.each([[undefined], [null], ['PostgresStoreError'], [{}], [new Error('PostgresStoreError')]])(
    'says no to %o',
    (value) => {
      expect(PostgresStoreError.is(value)).toBe(false);
    },
  );
});
