/** The values of a statement. Everything travels as text and is cast in the statement, so no driver's own conversion matters. */
export type QueryValues = (string | null)[];

/** What a driver resolves to: the rows, in order. */
export interface QueryRows {
  readonly rows: readonly object[];
}

/** A statement that pg prepares once per connection under `name`. */
export interface NamedQuery {
  name: string;
  text: string;
  values: QueryValues;
}

/** What the store needs of pg's `Pool` or `Client`, or of anything that looks like them. */
export interface PgClient {
  readonly query: (query: string | NamedQuery, values?: QueryValues) => PromiseLike<QueryRows>;
}

/** What the store needs of PGlite: `query` with the text and its values, without names. */
export interface PgliteClient {
  readonly query: (query: string, values?: QueryValues) => PromiseLike<QueryRows>;
}

/** What the store needs of postgres.js: `sql.unsafe`, which takes a text and its values. */
export interface PostgresJs {
  readonly unsafe: (
    query: string,
    values?: QueryValues,
    options?: { prepare?: boolean },
  ) => PromiseLike<readonly object[]>;
}

/** One of the store's statements. */
export interface Statement {
  /** The method of the store it serves, for error messages. */
  readonly operation: string;
  /** The name the statement is prepared under, unique to its text. */
  readonly name: string;
  readonly text: string;
}

/** Runs a statement as a transaction of its own and resolves to its rows, each as the list of its columns. */
export type Query = (statement: Statement, values: QueryValues) => Promise<readonly (readonly unknown[])[]>;

/** Speaks to pg's `Pool` (or PGlite); with `prepare`, under the statement's name. */
export function queryThroughPg(client: PgClient | PgliteClient, prepare: boolean): Query {
  return async ({ name, text }, values) => {
    const result = prepare
      ? await (client as PgClient).query({ name, text, values })
      : await (client as PgliteClient).query(text, values);
    return result.rows.map(columns);
  };
}

/** Speaks to postgres.js. A client made with `prepare: false` never prepares, whatever is asked here. */
export function queryThroughPostgresJs(sql: PostgresJs, prepare: boolean): Query {
  return async ({ text }, values) => {
    const rows = await sql.unsafe(text, values, { prepare });
    return rows.map(columns);
  };
}

/** Sends one query at a time, for a single connection: pg no longer wants a second one while the first runs. */
export function inTurn(query: Query): Query {
  let last: Promise<unknown> = Promise.resolve();
  return (statement, values) => {
    const result = last.then(() => query(statement, values));
    last = result.catch(() => undefined);
    return result;
  };
}

/** The columns of a row, by position: a driver may be set to rename columns (camel case and the like), none reorders them. */
function columns(row: object): readonly unknown[] {
  return Object.values(row);
}
