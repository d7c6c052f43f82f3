import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readBalances } from '../../../core/ledger/read-balances.ts'
import { type Statement } from '../../../core/ledger/statement.ts'
import { testTown } from '../../support/town.ts'
import { History, steps } from './history.ts'
import { faultsOf } from './faults.ts'
import { modelBalance, modelStatements } from './model.ts'

const town = await testTown()
const runs = { numRuns: 50 * Number(process.env['SOAK'] ?? 1), seed: 20_261_105 }
const SOAK_TIMEOUT_MS = 60_000 * Number(process.env['SOAK'] ?? 1)

const expected = (history: History, asOf?: Date) =>
  history.agreementIds.map((id) => modelStatements(history.changes, id, asOf?.getTime()))

describe('any history of postings', () => {
  it(
    'gives the statements and balances of plain addition, now and as of every instant asked',
    () =>
      fc.assert(
        fc.asyncProperty(steps, async (all) => {
          const history = await (await History.open(town)).play(all)
          expect(await history.statements()).toEqual(expected(history))
          expect(await balancesOf(history)).toEqual(
            history.agreementIds.map((id) => modelBalance(history.changes, id)),
          )
          for (const { asOf, answers } of history.asked) {
            expect(await history.statements(asOf)).toEqual(answers)
            expect(answers).toEqual(expected(history, asOf))
          }
        }),
        runs,
      ),
    SOAK_TIMEOUT_MS,
  )

  it(
    'gives months that chain: what one closes with, the next opens with',
    () =>
      fc.assert(
        fc.asyncProperty(steps, async (all) => {
          // An opening stands before its month, so histories without one chain alone.
          const history = await (await History.open(town)).play(all.map(withoutOpenings))
          for (const months of await history.statements()) {
            for (const [index, month] of months.entries()) {
              expect(month.opening).toBe(months[index - 1]?.closing ?? 0n)
              expect(month.closing).toBe(closingOf(month))
            }
          }
        }),
        runs,
      ),
    SOAK_TIMEOUT_MS,
  )

  it(
    'leaves zero in every column when all of it is taken back',
    () =>
      fc.assert(
        fc.asyncProperty(steps, fc.constantFrom(null, 202610, 202612), async (all, lastIssued) => {
          const history = await (await History.open(town)).play(all)
          await history.reverse(history.standing, lastIssued)
          expect((await history.statements()).map(columnTotals)).toEqual(
            history.agreementIds.map(() => Array(9).fill(0n)),
          )
        }),
        runs,
      ),
    SOAK_TIMEOUT_MS,
  )

  it('leaves nothing that verify finds wrong', async () => {
    expect(await faultsOf(town)).toEqual([])
  })
})

async function balancesOf(history: History): Promise<bigint[]> {
  const { accountId } = await town.sql.one<{ accountId: number }>`
    select account_id as "accountId" from agreement where id = ${history.agreementIds[0] ?? 0}`
  const balances = await readBalances(town, [accountId])
  return history.agreementIds.map((id) => {
    const balance = balances.find((each) => each.agreementId === id)
    if (!balance) throw new Error(`no balance of agreement ${id}`)
    return balance.balance
  })
}

function withoutOpenings<S extends { do: string }>(step: S): S {
  if (!('lines' in step) || !Array.isArray(step.lines)) return step
  const lines = step.lines.map((line: { kind?: string }) =>
    line.kind === 'opening' ? { ...line, kind: 'accrual' } : line,
  )
  return { ...step, lines }
}

function closingOf(month: Statement): bigint {
  const { accrued, benefit, correction, opening, paid, penalty, subscription, subsidy } = month
  return opening + accrued + subscription + penalty + correction - benefit - subsidy - paid
}

/** Sums of the columns over all months; of the opening, what was opened with. */
function columnTotals(months: Statement[]): bigint[] {
  const total = (of: (month: Statement, index: number) => bigint) =>
    months.reduce((sum, month, index) => sum + of(month, index), 0n)
  return [
    total((month, index) => month.opening - (months[index - 1]?.closing ?? 0n)),
    total((month) => month.accrued),
    total((month) => month.subscription),
    total((month) => month.penalty),
    total((month) => month.correction),
    total((month) => month.benefit),
    total((month) => month.subsidy),
    total((month) => month.paid),
    months.at(-1)?.closing ?? 0n,
  ]
}
