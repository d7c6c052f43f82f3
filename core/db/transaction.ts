import { type Context } from '../context.ts'
import { type TransactionOptions } from './sql.ts'

/**
 * What the work returns, after its commit. The work gets the same context with the transaction's
 * `sql`, and joins the transaction `ctx` is already in. When it throws, nothing it wrote stays; a
 * refusal it returns commits, so refuse before the first write.
 */
export function transaction<C extends Context, T>(
  ctx: C,
  work: (ctx: C) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  return ctx.sql.transaction((sql) => work({ ...ctx, sql }), options)
}
