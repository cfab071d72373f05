import { randomUUID } from 'node:crypto';
import { describeWithProgram, describeWithService, type PostgresServer, startPostgresServer } from '@sess/test-support';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { migrationSql, postgresStore, schemaVersion } from '../src/index.js';
import { type Connection, type ConnectionKind, pglite, pgPool, postgresJs } from './connections.js';
import { createBench, dropSchema, newSchema } from './stores.js';

// Each schema's name is new, and harmless where it is taken for SQL: the server may not be the tests' own.
const hostileNames = [
  ['of SQL', `x"; SELECT 1 / 0; -- ${randomUUID()}`, "y'; SELECT 1 / 0; --"],
  ['of quoting', `$sess$ $sess${randomUUID()}`, "a\\'b$$"],
  ['of another case and script', `Ünïcode Ж ${randomUUID()}`, 'SELECT'],
  ['as long as they may be', randomUUID().padEnd(63, 's'), 't'.repeat(50)],
] as const;

describe('migrate with PGlite', () => defineCases(pglite, () => ''));

describeWithService('PostgreSQL', 'migrate', (server) => {
  const url = () => server().url;
  // Read as PostgreSQL before 9.1 did, where a backslash in a plain literal was an escape.
  const oldLiterals = pgPool({ options: '-c standard_conforming_strings=off -c backslash_quote=on' });
  const kinds = [pgPool(), { ...oldLiterals, name: 'pg.Pool, old literals' }, postgresJs()];
  describe.each(kinds)('with $name', (kind) => defineCases(kind, url));
  describe('on a server', () => defineServerCases(url));
});

// These cases make roles and databases, which belong to the whole server, so it is one of their own.
describeWithProgram('PostgreSQL', 'migrate on a server of its own', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());
  defineOwnServerCases(() => server.url);
});

/** One connection of `kind` for all tests of a suite, and a schema of its own for each, which is removed again. */
function useSchema(kind: ConnectionKind, url: () => string): () => Connection & { readonly schema: string } {
  let connection: Connection | undefined;
  let schema = newSchema();
  const current = () => {
    if (connection === undefined) throw new Error('not connected');
    return { ...connection, schema };
  };
  beforeAll(async () => {
    connection = await kind.connect(url());
  });
  afterEach(async () => {
    await dropSchema(current(), schema);
    schema = newSchema();
  });
  afterAll(() => connection?.close());
  return current;
}

/** What the catalogs say of the tables in a schema: columns, indexes, comment. */
async function describeLayout(connection: Connection, schema: string): Promise<string> {
  const columns = await connection.run(
    `SELECT table_name, column_name, data_type, is_nullable, collation_name FROM information_schema.columns
     WHERE table_schema = '${schema}' ORDER BY ordinal_position`,
  );
  const indexes = await connection.run(`SELECT indexdef FROM pg_indexes WHERE schemaname = '${schema}' ORDER BY 1`);
  const notes = await connection.run(
    `SELECT obj_description(c.oid, 'pg_class') AS note FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE nspname = '${schema}' AND relkind = 'r'`,
  );
  return JSON.stringify([columns, indexes, notes]).replaceAll(schema, 'SCHEMA');
}

function defineCases(kind: ConnectionKind, url: () => string): void {
  const open = useSchema(kind, url);

  it.each(hostileNames)('takes names %s', async (_, schema, table) => {
    const connection = { ...open(), schema };
    const store = postgresStore({ ...connection.options, schema, table });
    const record = { id: 'a', version: 1, expiresAt: Date.now() + 60_000, subject: 'ann', body: '{}' };
    await store.migrate();
    await store.migrate();
    expect(await store.create(record)).toBe('created');
    expect(await store.update({ ...record, version: 2 }, 1)).toEqual({ outcome: 'updated' });
    expect(await store.touch('a', record.expiresAt)).toBe('touched');
    expect(await store.list('ann')).toEqual([{ ...record, version: 2 }]);
    expect(await store.sweep(10)).toBe(0);
    await store.destroy('a');
    expect(await store.read('a')).toBeUndefined();
    await dropSchema(connection, schema.replaceAll('"', '""'));
  });

  it('keeps the sessions of a table that is there already', async () => {
    const connection = open();
    const { store, record } = createBench(connection, connection.schema);
    await store.migrate();
    const kept = record();
    await store.create(kept);
    await store.migrate();
    // If the note of the version is lost, every step runs again, to no effect.
    await connection.run(`COMMENT ON TABLE "${connection.schema}".sess_sessions IS 'ours'`);
    await store.migrate();
    expect(await store.read(kept.id)).toEqual(kept);
    expect(await describeLayout(connection, connection.schema)).toContain('schema version 1');
  });

  it('makes what the printed SQL makes', async () => {
    const connection = open();
    await createBench(connection, connection.schema).store.migrate();
    const migrated = await describeLayout(connection, connection.schema);
    await dropSchema(connection, connection.schema);

    const printed = migrationSql({ schema: connection.schema });
    for (const statement of printed.split(';\n').filter(Boolean)) await connection.run(statement);
    expect(await describeLayout(connection, connection.schema)).toBe(migrated);
    await createBench(connection, connection.schema).store.migrate();
    expect(await describeLayout(connection, connection.schema)).toBe(migrated);
  });

  it('leaves a table of a later version alone and says to upgrade', async () => {
    const connection = open();
    const { store } = createBench(connection, connection.schema);
    await store.migrate();
    await connection.run(
      `COMMENT ON TABLE "${connection.schema}".sess_sessions IS 'Sess sessions, schema version ${schemaVersion + 1}'`,
    );
    await expect(store.migrate()).rejects.toThrow(/schema version 2.*upgrade the package/);
  });

  it('says so when the name of an index is taken, instead of going without', async () => {
    const { options, schema, run } = open();
    const [taken, store] = ['admin_subject', 'admin'].map((table) => postgresStore({ ...options, schema, table }));
    await taken?.migrate();
    const before = await describeLayout(open(), schema);
    await expect(store?.migrate()).rejects.toThrow(
      `"${schema}"."admin_subject" is taken, and the index on subject of "${schema}"."admin" needs it: choose another`,
    );
    expect(await describeLayout(open(), schema)).toBe(before);
    const runPrinted = async () => {
      for (const each of migrationSql({ schema, table: 'admin' }).split(';\n').filter(Boolean)) await run(each);
    };
    await expect(runPrinted()).rejects.toThrow('admin_subject" is taken');
  });

  it("says so when the table's own name is that of another's index", async () => {
    const { options, schema } = open();
    await postgresStore({ ...options, schema, table: 'admin' }).migrate();
    const store = postgresStore({ ...options, schema, table: 'admin_subject' });
    await expect(store.migrate()).rejects.toThrow(
      `has the name "${schema}"."admin_subject" is no table: choose another`,
    );
  });

  it("leaves somebody else's table of that name alone and says so", async () => {
    const connection = open();
    const { store } = createBench(connection, connection.schema);
    await connection.run(`CREATE SCHEMA "${connection.schema}"`);
    await connection.run(`CREATE TABLE "${connection.schema}".sess_sessions (sid text)`);
    const before = await describeLayout(connection, connection.schema);
    await expect(store.migrate()).rejects.toMatchObject({ sqlState: '42703' });
    await expect(store.read('a')).rejects.toThrow(/not this package's/);
    expect(await describeLayout(connection, connection.schema)).toBe(before);
  });
}

function defineServerCases(url: () => string): void {
  const open = useSchema(pgPool(), url);

  const isolationLevels = ['read committed', 'repeatable read', 'serializable'];
  const isolated = (level: string) =>
    pgPool({ options: `-c default_transaction_isolation=${level.replace(' ', '\\ ')}` });

  it.each(isolationLevels)('may be run by many at once under %s', async (level) => {
    const connections = await Promise.all([1, 2, 3, 4].map(() => isolated(level).connect(url())));
    for (let round = 0; round < 3; round++) {
      const schema = newSchema();
      const benches = [...connections, ...connections].map((connection) => createBench(connection, schema));
      await Promise.all(benches.map(({ store }) => store.migrate()));
      for (const { store, record } of benches) expect(await store.create(record())).toBe('created');
      await dropSchema(open(), schema);
    }
    for (const connection of connections) await connection.close();
  });

  it.each(isolationLevels)('makes several tables at once in a schema that is not there yet under %s', async (level) => {
    const connections = await Promise.all([1, 2, 3, 4].map(() => isolated(level).connect(url())));
    for (let round = 0; round < 5; round++) {
      const schema = newSchema();
      const stores = connections.map(({ options }, n) => postgresStore({ ...options, schema, table: `sessions${n}` }));
      await Promise.all(stores.map((store) => store.migrate()));
      for (const store of stores) expect(await store.read('a')).toBeUndefined();
      await dropSchema(open(), schema);
    }
    for (const connection of connections) await connection.close();
  });

  it('makes two tables over one connection, also where statements have names', async () => {
    const { schema, run } = open();
    const { options, close } = await pgPool({ max: 1 }, true).connect(url());
    for (const table of ['web_sessions', 'admin_sessions'])
      await postgresStore({ ...options, schema, table }).migrate();
    await close();
    const tables = await run(`SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' ORDER BY 1`);
    expect(tables.map(({ tablename }) => tablename)).toEqual(['admin_sessions', 'web_sessions']);
  });

  it('prints nothing of itself to the log of the driver', async () => {
    const notices: unknown[] = [];
    const connection = await postgresJs({ onnotice: (notice) => notices.push(notice) }).connect(url());
    const { store } = createBench(connection, open().schema);
    await store.migrate();
    await connection.run(`COMMENT ON TABLE "${open().schema}".sess_sessions IS NULL`);
    await store.migrate();
    await connection.close();
    expect(notices).toEqual([]);
  });
}

function defineOwnServerCases(url: () => string): void {
  const open = useSchema(pgPool(), url);

  it('lets a role without the right to create use a table that is there', async () => {
    const owner = open();
    const { schema } = owner;
    const role = 'limited';
    const { store, record } = createBench(owner, schema);
    await store.migrate();
    await owner.run(`CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA "${schema}" TO ${role}`);
    const pool = new pg.Pool({ connectionString: url(), options: `-c role=${role}`, max: 1 });
    try {
      const limited = createBench({ options: { pool }, run: owner.run, close: async () => {} }, schema).store;
      await expect(limited.read('a')).rejects.toThrow(/GRANT SELECT, INSERT, UPDATE, DELETE ON ".*"\."sess_sessions"/);
      await owner.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON "${schema}".sess_sessions TO ${role}`);
      await limited.migrate();
      const kept = record();
      expect(await limited.create(kept)).toBe('created');
      expect(await limited.touch(kept.id, kept.expiresAt)).toBe('touched');
      await limited.destroy(kept.id);
      expect(await limited.sweep(1)).toBe(0);
    } finally {
      await pool.end();
    }
  });

  it('prints SQL that a role may run which may make tables in a schema, and no schemas', async () => {
    const { schema, run } = open();
    const role = 'migrator';
    await run(
      `CREATE SCHEMA "${schema}"; CREATE ROLE ${role} LOGIN; GRANT USAGE, CREATE ON SCHEMA "${schema}" TO ${role}`,
    );
    const pool = new pg.Pool({ connectionString: url(), options: `-c role=${role}`, max: 1 });
    try {
      await pool.query(migrationSql({ schema }));
      await postgresStore({ pool, schema }).migrate();
      expect(await postgresStore({ pool, schema }).read('a')).toBeUndefined();
    } finally {
      await pool.end();
    }
  });

  it.each(['LATIN1', 'SQL_ASCII'])('refuses a database in %s, which cannot hold every string', async (encoding) => {
    const owner = open();
    const database = `in_${encoding.toLowerCase()}`;
    await owner.run(
      `CREATE DATABASE ${database} TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    const there = new URL(url());
    there.pathname = `/${database}`;
    const pool = new pg.Pool({ connectionString: there.href, max: 1 });
    try {
      await expect(postgresStore({ pool }).migrate()).rejects.toThrow(`encoding is ${encoding}`);
    } finally {
      await pool.end();
    }
  });
}
