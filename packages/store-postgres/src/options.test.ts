import { SessError } from '@sess/core';
import { describe, expect, it } from 'vitest';
import type { NamedQuery, QueryValues } from './client.js';
import { type PostgresStoreOptions, resolveOptions } from './options.js';

const statement = { operation: 'read', name: 'sess_read', text: 'SELECT 1' };

/** A driver that notes what it is given; the tests against servers show that the notes are what drivers understand. */
function spy() {
  const calls: unknown[][] = [];
  const note = async (...call: unknown[]) => {
    calls.push(call);
    return [];
  };
  const query = async (text: string | NamedQuery, values?: QueryValues) => ({ rows: await note(text, values) });
  return { calls, query, unsafe: note };
}

describe('resolveOptions', () => {
  it.each([
    ['nothing', {}],
    ['two connections', { pool: spy(), client: spy() }],
    ['a pool that is none', { pool: {} }],
    ['a client that is none', { client: { query: 'text' } }],
    ['a client that is not even an object', { client: 'postgres://localhost', prepare: true }],
    ['postgres.js as a pool', { pool: Object.assign(() => {}, { unsafe: () => {} }) }],
    ['a pool as sql', { sql: { query: () => {} } }],
    ['prepared statements with PGlite', { client: { ...spy(), exec: () => {} }, prepare: true }],
    ['a table without a name', { pool: spy(), table: '' }],
    ['no options at all', undefined],
    ['an option that it does not know', { pool: spy(), tabel: 'a' }],
  ])('refuses %s', (_, options) => {
    const call = () => resolveOptions(options as unknown as PostgresStoreOptions);
    expect(call).toThrow(expect.toSatisfy((error) => SessError.is(error, 'ERR_SESS_CONFIG')));
  });

  it('says what an option of another store is called here', () => {
    const call = (options: object) => () => resolveOptions({ pool: spy(), ...options } as PostgresStoreOptions);
    expect(call({ tableName: 'a' })).toThrow(
      'no option tableName: it is called `table`. There are: pool, client, sql, ',
    );
    expect(call({ ttl: 60 })).toThrow('no option ttl: a session lives');
    expect(call({ createTableIfMissing: true })).toThrow('no option createTableIfMissing: call `migrate()` once');
  });

  it('names no statement of pg unless asked to, since PgBouncer may not know it', async () => {
    const driver = spy();
    await resolveOptions({ pool: driver }).query(statement, ['a']);
    await resolveOptions({ pool: driver, prepare: true }).query(statement, ['a']);
    expect(driver.calls).toEqual([
      ['SELECT 1', ['a']],
      [{ name: 'sess_read', text: 'SELECT 1', values: ['a'] }, undefined],
    ]);
  });

  it('has postgres.js prepare unless told not to', async () => {
    const driver = spy();
    await resolveOptions({ sql: driver }).query(statement, ['a']);
    await resolveOptions({ sql: driver, prepare: false }).query(statement, ['a']);
    expect(driver.calls).toEqual([
      ['SELECT 1', ['a'], { prepare: true }],
      ['SELECT 1', ['a'], { prepare: false }],
    ]);
  });

  it('gives a single client one statement at a time, also after one has failed', async () => {
    let running = 0;
    const client = {
      query: async () => {
        running++;
        const atOnce = running;
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        if (atOnce > 1) throw new Error('two at once');
        return { rows: [] };
      },
    };
    const failing = { query: () => Promise.reject(new Error('refused')) };

    const { query } = resolveOptions({ client });
    await expect(Promise.all([query(statement, []), query(statement, [])])).resolves.toEqual([[], []]);
    const refused = resolveOptions({ client: failing }).query;
    await expect(refused(statement, [])).rejects.toThrow('refused');
    await expect(refused(statement, [])).rejects.toThrow('refused');
  });
});
