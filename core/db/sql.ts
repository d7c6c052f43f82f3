/** A value a statement takes: bigint → int8, `Date` → timestamptz, `yyyy-mm-dd` → date, object → jsonb. */
export type SqlParam =
  | null
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | object
  | readonly (string | number | bigint | boolean | Date | null)[]

type Statement<T> = (text: TemplateStringsArray, ...params: SqlParam[]) => Promise<T>

export type TransactionOptions = {
  /**
   * Runs the work again, up to three times, when PostgreSQL ended it for the sake of another
   * transaction (serialization failure, deadlock): then the work must be free of other effects.
   */
  retry?: boolean
}

/**
 * Raw prepared SQL: every method is a template tag, its `${}` become parameters, so text is never
 * concatenated and each place in the code is one prepared statement. An array is a PostgreSQL array;
 * for a JSON array pass its text.
 * Rows come with int8 as bigint, int4 as number, date as `yyyy-mm-dd`, timestamptz as Date,
 * numeric as text, jsonb parsed, bytea as Buffer. `R` is the caller's claim about the row.
 */
export type Sql = {
  /** All rows. */
  many: <R>(text: TemplateStringsArray, ...params: SqlParam[]) => Promise<R[]>
  /** The only row or null; throws when there are more. */
  maybe: <R>(text: TemplateStringsArray, ...params: SqlParam[]) => Promise<R | null>
  /** The only row; throws when there is none or more. */
  one: <R>(text: TemplateStringsArray, ...params: SqlParam[]) => Promise<R>
  /** How many rows it changed. */
  run: Statement<number>
  /** Text known only at run time (migrations, bulk inserts): not prepared, parameters `$1`… */
  unsafe: <R>(text: string, params?: readonly SqlParam[]) => Promise<R[]>
  /**
   * What the work returns, after its commit; when the work throws, or the commit fails, nothing of
   * it stays. The `sql` given to the work is the transaction's and is dead after it. Inside a
   * transaction the work joins that one: no savepoint, all of it commits or nothing.
   */
  transaction: <T>(work: (sql: Sql) => Promise<T>, options?: TransactionOptions) => Promise<T>
  /**
   * Feeds a `COPY … FROM STDIN`, and returns the number of rows. Only on a PostgreSQL server: COPY
   * kills the embedded database, so there it is null.
   */
  copy: ((text: string, lines: AsyncIterable<string>) => Promise<number>) | null
}
