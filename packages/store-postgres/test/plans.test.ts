import { describeWithService } from '@sess/test-support';
import { expect, it } from 'vitest';
import type { QueryValues, Statement } from '../src/client.js';
import { createStatements } from '../src/statements.js';
import { encodeRecord, toMilliseconds } from '../src/stored-record.js';
import { qualifyTable } from '../src/table.js';
import { pgPool } from './connections.js';
import { useBench } from './stores.js';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** The plan and all below it. */
function flatten(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)];
}

// As many as tell an index from a scan; `SESS_PLAN_ROWS=1000000` asks again at the size the README speaks of.
const rows = Number(process.env.SESS_PLAN_ROWS ?? 50_000);

describeWithService('PostgreSQL', 'the planner', (server) => {
  // One connection: a statement is prepared on one and explained on the same.
  const bench = useBench(pgPool({ max: 1 }), () => server().url);

  /** Sessions of which `expired` have run out. */
  async function fill(expired: number): Promise<void> {
    const { connection, schema, clock } = bench();
    const table = `"${schema}".sess_sessions`;
    const first = clock.now() / 1_000 - expired + 1;
    await connection.run(
      `INSERT INTO ${table} SELECT 'id' || i, 1, to_timestamp(${first} + i), 'user' || i % ${rows / 4}, repeat('x', 200)
       FROM generate_series(0, ${rows - 1}) AS i`,
    );
    await connection.run(`ANALYZE ${table}`);
  }

  /** The steps of the plan, as for a statement that is not prepared (`custom`) or that is (`generic`). */
  async function explain(mode: string, { text }: Statement, values: QueryValues): Promise<Plan[]> {
    const { connection } = bench();
    const literals = values.map((value) => (value === null ? 'NULL' : `'${value}'`)).join(', ');
    await connection.run(`SET plan_cache_mode = force_${mode}_plan`);
    await connection.run(`PREPARE asked AS ${text}`);
    const [row] = await connection.run(`EXPLAIN (FORMAT JSON) EXECUTE asked (${literals})`);
    await connection.run('DEALLOCATE asked');
    const plans = (row?.['QUERY PLAN'] ?? []) as readonly { Plan: Plan }[];
    return plans.flatMap((plan) => flatten(plan.Plan));
  }

  const cases = ['custom', 'generic'].flatMap((mode) => [100, rows - 100].map((expired) => [mode, expired] as const));
  it.each(cases)(
    `finds everything by an index, never by a full scan: %s plan, %i of ${rows} expired`,
    async (mode, expired) => {
      await fill(expired);
      const { schema, clock, record } = bench();
      const sql = createStatements(qualifyTable({ schema }));
      const now = toMilliseconds(clock.now());
      const values = await encodeRecord(record({ id: `id${rows - 1}`, subject: 'user7' }));
      const asked: Record<string, [Statement, QueryValues, string[]]> = {
        read: [sql.read, ['id7'], ['sess_sessions_pkey']],
        update: [sql.update, [...values, '1', now], ['sess_sessions_pkey']],
        touch: [sql.touch, ['id7', now, now], ['sess_sessions_pkey']],
        destroy: [sql.destroy, ['id7'], ['sess_sessions_pkey']],
        list: [sql.list, ['user7', now], ['sess_sessions_subject']],
        sweep: [sql.sweep, [now, '100'], ['sess_sessions_expires_at', 'sess_sessions_pkey']],
      };
      for (const [name, [statement, given, indexes]] of Object.entries(asked)) {
        const steps = await explain(mode, statement, given);
        expect(steps.map((step) => step['Node Type'] + name)).not.toContain(`Seq Scan${name}`);
        const used = steps.flatMap((step) => step['Index Name'] ?? []);
        expect([name, ...new Set(used)].sort()).toEqual([name, ...indexes].sort());
      }
      const insert = await explain(mode, sql.create, [...values, now]);
      expect(JSON.stringify(insert)).toContain('sess_sessions_pkey');
    },
  );
});
