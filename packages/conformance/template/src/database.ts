/** A row as a database gives it back: `null` where there is nothing. */
export interface Row {
  readonly id: string;
  readonly version: number;
  readonly expiresAt: number;
  readonly subject: string | null;
  readonly body: string;
}

/**
 * A stand-in for your database, so that the tests pass before you have written a line. REPLACE IT. It keeps rows in memory
 * and, like a database, takes a moment to answer and does one statement after another, each wholly or not at all.
 */
export class Database {
  readonly #rows = new Map<string, Row>();

  /** Runs `statement` as one atomic step: a statement, a script or a transaction of the database. */
  async atomically<T>(statement: (rows: Map<string, Row>) => T): Promise<T> {
    await undefined;
    return statement(this.#rows);
  }
}
