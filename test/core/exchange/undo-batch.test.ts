import { describe, expect, it } from '@jest/globals'
import { issueMonths } from '../../../core/billing/issue-months.ts'
import { undoBatch } from '../../../core/exchange/undo-batch.ts'
import { verify } from '../../../core/ledger/verify.ts'
import { period } from '../../../core/period.ts'
import { testTown, type TestTown } from '../../support/town.ts'
import { fixture } from './formats/fixture.ts'
import {
  chargesOf,
  paymentsOf,
  csv,
  HOUSING,
  readTownStatements,
  registerTown,
  take,
  WATER,
} from './town-files.ts'

async function undo(town: TestTown, batchId: number | null) {
  return undoBatch(town, { batchId: batchId ?? 0, author: 'test', reason: 'wrong file' })
}

async function faultsOf(town: TestTown): Promise<unknown[]> {
  const faults = []
  for await (const fault of verify(town)) faults.push(fault)
  return faults
}

// Months that hold nothing any more stay in the books as rows of zeros.
const standing = async (town: TestTown) =>
  (await readTownStatements(town)).filter((row) =>
    Object.entries(row).some(
      ([name, sum]) => name !== 'period' && typeof sum === 'bigint' && sum !== 0n,
    ),
  )

const early = chargesOf((month) => month >= 202607 && month < 202609)
const late = chargesOf((month) => month >= 202609)
const payments = paymentsOf((month) => month >= 202606)

const town = await testTown()
const withHistory = await testTown()
const small = await testTown()
for (const one of [town, withHistory, small]) await registerTown(one)

describe('charges and payments', () => {
  it('undone in any order and applied again come to the same statements', async () => {
    const first = await take(town, 'charges', late)
    const second = await take(town, 'charges', early)
    const paid = await take(town, 'payments', payments)
    const before = await readTownStatements(town)

    expect(await undo(town, second.batchId)).toMatchObject({ ok: true, value: { undone: 1080 } })
    expect(await undo(town, paid.batchId)).toMatchObject({ ok: true, value: { undone: paid.rows } })
    expect(await undo(town, first.batchId)).toMatchObject({ ok: true, value: { undone: 1080 } })
    expect(await standing(town)).toEqual([])
    expect(await faultsOf(town)).toEqual([])

    expect(await take(town, 'payments', payments)).toMatchObject({
      new: paid.rows,
      replayed: false,
    })
    expect(await take(town, 'charges', early)).toMatchObject({ new: 1080 })
    expect(await take(town, 'charges', late)).toMatchObject({ new: 1080, unreconciled: 0 })
    expect(await readTownStatements(town)).toEqual(before)
    expect(await faultsOf(town)).toEqual([])
  })

  it('history undone leaves the later months opening as they did', async () => {
    await take(withHistory, 'charges', late)
    const before = await standing(withHistory)
    const history = await take(withHistory, 'charges', early)
    await undo(withHistory, history.batchId)
    expect(await standing(withHistory)).toEqual(before)
  })

  it('a reversal can be undone, sent again, and undone with its payment', async () => {
    const heading = 'Особовий рахунок;Код послуги;Дата оплати;Сума;Код операції'
    const options = { provider: WATER }
    const payment = csv(heading, '101;11;05.10.2026;100,00;A1')
    const reversal = csv(heading, '101;11;20.10.2026;-100,00;A2')
    const closing = async () => (await readTownStatements(small)).at(-1)?.closing

    const paid = await take(small, 'payments', payment, options)
    const taken = await take(small, 'payments', reversal, options)
    expect(await closing()).toBe(0n)
    expect(await undo(small, paid.batchId)).toEqual({ ok: false, code: 'payment-reversed' })
    await undo(small, taken.batchId)
    expect(await closing()).toBe(-10_000n)
    const again = await take(small, 'payments', reversal, options)
    expect(await closing()).toBe(0n)
    await undo(small, again.batchId)
    expect(await closing()).toBe(-10_000n)
    await undo(small, paid.batchId)
    expect(await closing()).toBe(0n)
    expect(await faultsOf(small)).toEqual([])
  })
})

describe('other kinds', () => {
  it('a reading undone puts the one it replaced back in force', async () => {
    const heading = 'Особовий рахунок;№ лічильника;Дата показання;Показання'
    const give = (value: number) =>
      take(small, 'readings', csv(heading, `101;032264;20.10.2026;${value}`), { provider: WATER })
    const states = async () => {
      const rows = await small.sql.many<{ value: bigint; state: string }>`
        select value_e8 / 100000000 as value, state from reading order by id`
      return rows.map(({ state, value }) => `${value} ${state}`)
    }
    await give(460)
    const second = await give(461)
    expect(second).toMatchObject({ new: 0, changed: 1 })
    expect(await states()).toEqual(['460 superseded', '461 accepted'])
    await undo(small, second.batchId)
    expect(await states()).toEqual(['460 accepted'])
  })

  it.each([
    ['subsidies', 'subsidy/J000003.dbf', 14],
    ['benefits', 'subsidy/2pilga-55303034-202610.dbf', 11],
  ] as const)('%s are taken away and may come again', async (kind, name, rows) => {
    const content = fixture(`isengard/${name}`)
    const { batchId } = await take(town, kind, content, { provider: HOUSING })
    expect(await undo(town, batchId)).toMatchObject({ ok: true })
    const again = await take(town, kind, content, { provider: HOUSING })
    expect(again).toMatchObject({ new: rows, replayed: false })
  })
})

describe('an undo is refused', () => {
  it('for a batch there is not, one undone before, and the registry', async () => {
    expect(await undo(town, 999_999)).toEqual({ ok: false, code: 'batch-not-found' })
    const { id } = await town.sql.one<{ id: number }>`
      select min(id) as id from import_batch where state = 'undone'`
    expect(await undo(town, id)).toEqual({ ok: false, code: 'already-undone' })
    const registry = await town.sql.one<{ id: number }>`
      select min(id) as id from import_batch where kind = 'accounts'`
    expect(await undo(town, registry.id)).toEqual({ ok: false, code: 'registry-not-undoable' })
  })

  it('for charges and readings of an issued month, and a payment goes to the open one', async () => {
    await take(town, 'readings', fixture('isengard/readings.csv'))
    await issueMonths(town, { providerCode: WATER, month: period(202610) })
    const applied = await town.sql.many<{ kind: string; id: number }>`
      select kind, max(id) as id from import_batch
      where state = 'applied' and kind in ('charges', 'readings', 'payments') group by kind`
    const batches = new Map(applied.map((batch) => [batch.kind, batch.id]))
    expect(await undo(town, batches.get('charges') ?? null)).toMatchObject({ code: 'month-issued' })
    expect(await undo(town, batches.get('readings') ?? null)).toMatchObject({
      code: 'reading-billed',
    })
    expect(await undo(town, batches.get('payments') ?? null)).toMatchObject({ ok: true })
    const { months } = await town.sql.one<{ months: number[] }>`
      select array_agg(distinct e.period order by e.period) as months
      from entry e join agreement g on g.id = e.to_id join account a on a.id = g.account_id
      join provider p on p.id = a.provider_id
      where p.code = ${WATER} and e.source_kind = 5 and e.kind = 9
        and e.booked_at = (select max(booked_at) from entry x where x.source_kind = 5 and x.to_id = e.to_id)`
    expect(months).toEqual([202611])
    expect(await faultsOf(town)).toEqual([])
  })
})
