import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { type ComputedStatement, computeStatements } from './compute-statements.ts'
import { COLUMNS } from './entry-kind.ts'
import { type Fault } from './fault.ts'

const AGREEMENTS_A_PIECE = 500

/** Compares every stored statement with the entries. */
export async function* verifyStatements(ctx: Context): AsyncGenerator<Fault> {
  for (let last = 0; ;) {
    const piece = await ctx.sql.many<{ id: number }>`
      select distinct id from (
        select id from agreement union select agreement_id from statement
      ) a where id > ${last} order by id limit ${AGREEMENTS_A_PIECE}`
    const agreementIds = piece.map((row) => row.id)
    if (agreementIds.length === 0) return
    yield* await compare(ctx, agreementIds)
    last = agreementIds.at(-1) ?? last
  }
}

function compare(ctx: Context, agreementIds: readonly number[]): Promise<Fault[]> {
  return transaction(ctx, async (tx) => {
    // One picture for both questions: a posting in between would look like a fault.
    await tx.sql.run`set transaction isolation level repeatable read`
    const stored = await tx.sql.many<ComputedStatement>`
      select * from statement where agreement_id = any(${agreementIds}::int4[])
      order by agreement_id, period`
    return differences(stored, await computeStatements(tx, { agreementIds }))
  })
}

function differences(stored: ComputedStatement[], computed: ComputedStatement[]): Fault[] {
  const name = (row: ComputedStatement) => `${row.agreement_id}/${row.period}`
  const unmatched = new Map(computed.map((row) => [name(row), row]))
  const wrong: ComputedStatement[] = []
  for (const row of stored) {
    const right = unmatched.get(name(row))
    unmatched.delete(name(row))
    if (!right || [...COLUMNS, 'closing' as const].some((column) => row[column] !== right[column]))
      wrong.push(row)
  }
  return [...wrong, ...unmatched.values()]
    .sort((a, b) => a.agreement_id - b.agreement_id || a.period - b.period)
    .map((row) => ({
      fault: 'statement-wrong',
      agreementId: row.agreement_id,
      period: row.period,
    }))
}
