import { createServer, type LookupFunction, Socket } from 'node:net';
import { inspect } from 'node:util';
import { createSessions } from '@sess/core';
import { describeWithProgram, findFreePort, poll } from '@sess/test-support';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresWireProxy } from '../../../test-support/postgres-wire-proxy.js';
import { PostgresStoreError } from '../src/index.js';
import { type Connection, type ConnectionKind, pgClient, pgPool, postgresJs, serverKinds } from './connections.js';
import { Ledger } from './ledger.js';
import { OwnPostgres } from './own-postgres.js';
import { type Bench, createBench } from './stores.js';

/** What `call` rejects with. */
async function refusal(call: () => PromiseLike<unknown> | unknown): Promise<PostgresStoreError> {
  const error = await Promise.resolve()
    .then(call)
    .catch((reason: unknown) => reason);
  if (error instanceof PostgresStoreError) return error;
  throw new Error(`expected a PostgresStoreError, got ${inspect(error)}`);
}

// These tests break servers, so they start one of their own.
describeWithProgram('PostgreSQL', 'a server that fails', () => {
  let server: OwnPostgres;
  const open = new Set<Connection>();
  beforeAll(async () => {
    server = await OwnPostgres.start({ max_connections: '40' });
  });
  afterAll(async () => {
    for (const connection of open) await connection.close().catch(() => {});
    await server.stop();
  });

  async function setUp(kind: ConnectionKind, url = server.url): Promise<Bench> {
    const connection = await kind.connect(url);
    open.add(connection);
    const bench = createBench(connection);
    await bench.store.migrate();
    return bench;
  }

  describe.each([pgPool(), postgresJs()])('with $name', (kind) => {
    it('by a crash under load loses nothing acknowledged and brings nothing back (C1, D2)', async () => {
      const ledger = new Ledger(await setUp(kind));
      const load = ledger.work(8);
      await ledger.untilDone(200);
      await server.crash();
      await ledger.untilFailed(8);
      await server.launch();
      await ledger.untilDone(200);
      ledger.stop();
      await load;
      await ledger.verify();
    });

    it('by ending connections midway loses nothing acknowledged and brings nothing back (C1, D2)', async () => {
      const ledger = new Ledger(await setUp(kind));
      const load = ledger.work(8);
      for (let round = 0; round < 10; round++) {
        await ledger.untilDone(20);
        await server.run(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        );
      }
      await ledger.untilFailed(1);
      await ledger.untilDone(50);
      ledger.stop();
      await load;
      await ledger.verify();
    });

    it('by losing the answer to a commit is an error, though the write took effect', async () => {
      const proxy = await PostgresWireProxy.start(server.url);
      const { store, record } = await setUp(kind, proxy.url);
      const kept = record();
      await store.create(kept);
      proxy.swallowReplyTo('UPDATE');
      const error = await refusal(() => store.update({ ...kept, version: 2, body: 'x' }, 1));
      expect(error.sqlState).toBeUndefined();
      expect(error.message).toMatch(/whether a write took effect is unknown/);
      expect(await poll(async () => store.read(kept.id))).toMatchObject({ version: 2, body: 'x' });
      // A retry with the old version shows that somebody was here: itself.
      const retried = await store.update({ ...kept, version: 2, body: 'x' }, 1);
      expect(retried).toMatchObject({ outcome: 'conflict', current: { version: 2, body: 'x' } });
      await proxy.stop();
    });
  });

  // C2: a driver without a timeout waits for ever; the core does not.
  it('by hanging is an error of the core within storeTimeout, through every driver', async () => {
    const benches = await Promise.all(serverKinds.map((kind) => setUp(kind)));
    await server.hang();
    for (const { store } of benches) {
      const sessions = createSessions({ store, storeTimeout: 100 });
      const start = performance.now();
      const calls = [sessions.find('id'), sessions.revoke('id'), sessions.list('ann')];
      for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
        expect(reason).toMatchObject({ code: 'ERR_SESS_STORE_TIMEOUT' });
      }
      // Far above what is asked, for machines that are busy; far below what a driver that waits for ever would take.
      expect(performance.now() - start).toBeLessThan(10_000);
    }
    server.resume();
    for (const { store } of benches) expect(await store.read('id')).toBeUndefined();
  });

  // C2: how long a call may take is the core's `storeTimeout`, or the client's own option, as here.
  it('by hanging is an error once the timeout has passed, and no late write brings a session back (C2, D2)', async () => {
    const impatient = await setUp(pgPool({ query_timeout: 2_000, connectionTimeoutMillis: 2_000 }));
    const other = await pgPool().connect(server.url);
    open.add(other);
    const patient = impatient.join(other);
    const [ended, touched] = [impatient.record(), impatient.record()];
    await impatient.store.create(ended);
    await impatient.store.create(touched);

    await server.hang();
    const late = [
      refusal(() => impatient.store.update({ ...ended, version: 2 }, 1)),
      refusal(() => impatient.store.touch(touched.id, touched.expiresAt + 1)),
      refusal(() => impatient.store.create(impatient.record())),
    ];
    for (const error of await Promise.all(late)) expect(error.message).toMatch(/timeout/);
    server.resume();

    await patient.destroy(ended.id);
    // What was on its way when the server hung has been done, or dropped with its connection, once nothing runs any more.
    await poll(async () => {
      const running = await server.run(
        "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()",
      );
      if (running.length > 0) throw new Error('still running');
    });
    expect(await patient.read(ended.id)).toBeUndefined();
    expect(await patient.read(touched.id)).toMatchObject({ version: 1 });
  });

  describe.each([pgPool(), postgresJs()])('says so with $name', (kind) => {
    it('when the table or its schema is missing', async () => {
      const { store, connection, schema } = await setUp(kind);
      await connection.run(`DROP TABLE "${schema}".sess_sessions`);
      const error = await refusal(() => store.read('a'));
      expect(error).toMatchObject({ sqlState: '42P01' });
      expect(error.message).toContain(`"${schema}"."sess_sessions" is missing`);
      expect(error.message).toContain('store.migrate()');
      await connection.run(`DROP SCHEMA "${schema}"`);
      expect((await refusal(() => store.sweep(1))).message).toContain('store.migrate()');
    });

    it('when there is no server', async () => {
      const connection = await kind.connect(`postgres://postgres@127.0.0.1:${await findFreePort()}/postgres`);
      open.add(connection);
      const error = await refusal(() => createBench(connection).store.read('a'));
      expect(error.message).toMatch(/ECONNREFUSED.*could not be made/s);
      expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
    });

    it('when there is no such database', async () => {
      const connection = await kind.connect(server.url.replace(/postgres$/, 'nowhere'));
      open.add(connection);
      const error = await refusal(() => createBench(connection).store.read('a'));
      expect(error).toMatchObject({ sqlState: '3D000', message: expect.stringMatching(/name of the database/) });
    });

    it('when the connection has been ended by its owner', async () => {
      const connection = await kind.connect(server.url);
      await connection.close();
      expect((await refusal(() => createBench(connection).store.read('a'))).message).toMatch(/had been ended/);
    });

    it('when the server has no connection left', async () => {
      const { schema } = await setUp(kind);
      await server.run(`CREATE ROLE crowded LOGIN CONNECTION LIMIT 0`);
      const connection = await kind.connect(server.url.replace('postgres@', 'crowded@'));
      open.add(connection);
      const error = await refusal(() => createBench(connection, schema).store.read('a'));
      expect(error).toMatchObject({ sqlState: '53300', message: expect.stringMatching(/make the pools smaller/) });
      await server.run('DROP ROLE crowded');
    });

    it("without the session's data in the error (S1)", async () => {
      const { store, connection, schema, record } = await setUp(kind);
      await connection.run(`ALTER TABLE "${schema}".sess_sessions ADD CHECK (version < 5)`);
      const error = await refusal(() => store.create(record({ version: 5, body: '{"password":"canary"}' })));
      expect(error.message).toMatch(/23514/);
      expect(error.message).not.toContain('canary');
      expect(inspect(error, { depth: 9 })).not.toContain('canary');
    });

    it('without the parameters, which a server may be set to add to the context of an error (S1)', async () => {
      const talkative = '-c log_parameter_max_length_on_error=-1 -c default_transaction_read_only=on';
      const { schema, record } = await setUp(kind);
      const connection = await kind.connect(`${server.url}?options=${encodeURIComponent(talkative)}`);
      open.add(connection);
      const { store } = createBench(connection, schema);
      const error = await refusal(() => store.create(record({ body: '{"password":"canary"}' })));
      expect(error).toMatchObject({ sqlState: '25006', cause: { code: '25006', severity: 'ERROR' } });
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('canary');
    });
  });

  it('with a single client that was cut off says that a pool would not have been', async () => {
    const { store } = await setUp(pgClient);
    await server.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    // The first call may still hear the server's farewell.
    await poll(async () => {
      expect((await refusal(() => store.read('a'))).message).toMatch(/A pool connects again by itself/);
    });
  });

  it('with no server at any of the addresses of its name says what became of each', async () => {
    const stream = () => new SocketToEveryAddress();
    const connection = await pgPool({ stream, host: 'db.example', port: await findFreePort() }).connect('');
    open.add(connection);
    const error = await refusal(() => createBench(connection).store.read('a'));
    expect(error.message).toMatch(
      /read failed: connect ECONNREFUSED 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. .*could not be/,
    );
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect(error.cause).toMatchObject({
      errors: [
        { code: 'ECONNREFUSED', address: '127.0.0.1' },
        { code: 'ECONNREFUSED', address: '127.0.0.2' },
      ],
    });
  });

  it("with a server that does not answer passes the driver's own cause on", async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const connection = await pgPool({ connectionTimeoutMillis: 200 }).connect(`postgres://a@127.0.0.1:${port}/a`);
    open.add(connection);
    const error = await refusal(() => createBench(connection).store.read('a'));
    silent.close();
    expect(error.cause).toMatchObject({
      message: expect.stringMatching(/timeout/),
      cause: { message: expect.stringMatching(/unexpectedly/) },
    });
  });

  it.each<[string, pg.PoolConfig, string, RegExp]>([
    ['is read-only', { options: '-c default_transaction_read_only=on' }, '25006', /connect to the primary/],
    ['cancels what takes long', { options: '-c statement_timeout=50' }, '57014', /statement_timeout/],
    ['waits for no lock', { options: '-c lock_timeout=50' }, '55P03', /lock_timeout/],
  ])('says so when it %s', async (_, config, sqlState, advice) => {
    const { store, record, schema, join } = await setUp(pgPool());
    const kept = record();
    await store.create(kept);
    const limited = await pgPool(config).connect(server.url);
    const holder = new pg.Client({ connectionString: server.url });
    await holder.connect();
    await holder.query(`BEGIN; UPDATE "${schema}".sess_sessions SET version = version`);
    const error = await refusal(() => join(limited).destroy(kept.id));
    await holder.end();
    await limited.close();
    expect(error).toMatchObject({ sqlState, message: expect.stringMatching(advice) });
    expect(await store.read(kept.id)).toEqual(kept);
  });

  it('says so when a policy or a trigger of the table undoes every update, instead of trying for ever', async () => {
    const { store, record, connection, schema } = await setUp(pgPool());
    const kept = record();
    await store.create(kept);
    await connection.run(
      `CREATE FUNCTION "${schema}".undo() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
       CREATE TRIGGER undo BEFORE UPDATE ON "${schema}".sess_sessions FOR EACH ROW EXECUTE FUNCTION "${schema}".undo()`,
    );
    const error = await refusal(() => store.update({ ...kept, version: 2 }, 1));
    expect(error.message).toMatch(/look for a trigger/);
  });
});

/** A socket for which every name has two addresses, as that of a server on IPv4 and IPv6 has. Node tries one after the other. */
class SocketToEveryAddress extends Socket {
  override connect(port: unknown, host?: unknown): this {
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
    const lookup: LookupFunction = (_name, _options, tell) => process.nextTick(tell, null, addresses);
    return super.connect({ port: Number(port), host: String(host), lookup });
  }
}
