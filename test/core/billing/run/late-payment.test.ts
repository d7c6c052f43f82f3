import { describe, expect, it } from '@jest/globals'
import { moveDebt } from '../../../../core/billing/account-life/move-debt.ts'
import { KINDS } from '../../../../core/ledger/entry-kind.ts'
import { movement } from '../../../../core/ledger/movement.ts'
import { post } from '../../../../core/ledger/post.ts'
import { verify } from '../../../../core/ledger/verify.ts'
import { kopecks } from '../../../../core/money.ts'
import { type Period, period, plainDate } from '../../../../core/period.ts'
import { chargeAndIssue, draft } from '../../../support/calculated-town.ts'
import { evaluate } from '../../../support/evaluate.ts'
import { testTown } from '../../../support/town.ts'
import { after, chargedAccount, chargedProvider, sayRule } from './charged-provider.ts'

const [JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER] = [7, 8, 9, 10, 11].map((month) =>
  period(202600 + month),
) as [Period, Period, Period, Period, Period]
const PROVIDER = '30000002'
const town = await testTown({ now: '2026-06-20T09:00:00Z' })
await sayRule(town, 'payment-term', {
  ...{ day: 25, monthsAfter: 1, shiftsToWorkingDay: true, startsOn: 'next-working-day' },
})
await sayRule(town, 'penalty', { perDay: '0.0001', capPercent: '100' })
const provider = await chargedProvider(town, {
  ...{ code: PROVIDER, from: JULY },
  services: { rent: { charging: { base: 'area' }, price: '20' } },
})
const { providerId } = provider

/** Each owes 1000.00 a month. */
const newDebtor = async () => {
  const { accountId, agreements } = await chargedAccount(town, provider)
  return { accountId, agreementId: agreements['rent'] ?? 0 }
}
const [late, early, exempt, capped, leaving, staying] = (await Promise.all(
  Array.from({ length: 6 }, newDebtor),
)) as [Debtor, Debtor, Debtor, Debtor, Debtor, Debtor]
type Debtor = Awaited<ReturnType<typeof newDebtor>>
await sayRule(
  town,
  'no-penalty',
  { reason: 'війна' },
  { accountId: exempt.accountId, fromDay: '2026-08-01' },
)
await sayRule(town, 'penalty', { perDay: '0.01', capPercent: '1' }, { accountId: capped.accountId })

let paid = 0
async function pay(
  { agreementId }: Debtor,
  on: string,
  amount: number,
  month: Period,
  no = (paid += 1),
) {
  const moved = movement('bank-payment', { agreementId, providerId }, kopecks(amount))
  if (!moved) throw new RangeError('nothing paid')
  const payment = { source: 'payment', sourceId: BigInt(no), line: 0, period: month } as const
  const entry = { ...moved, ...payment, effectiveOn: plainDate(on) }
  const posted = await post(town, { providerId, author: 'test', entries: [entry] })
  if (!posted.ok) throw new Error(posted.code)
  return posted.value
}

type Penalty = { amount: bigint; about: Period | null; takesBack: boolean }

async function penalties(runId: number, { agreementId }: Debtor): Promise<Penalty[]> {
  const rows = await town.sql.many<Penalty & { formula: string }>`
    select amount, about_period as about, reverses_id is not null as "takesBack", formula
    from run_line where run_id = ${runId} and agreement_id = ${agreementId}
      and kind = ${KINDS.penalty.code} order by line`
  return rows.map(({ formula, ...line }) => {
    expect(evaluate(formula)).toBe(line.amount)
    return line
  })
}

const now = (amount: bigint): Penalty => ({ amount, about: null, takesBack: false })
const run = (month: Period) => {
  town.clock.set(after(month))
  return chargeAndIssue(town, { providerCode: PROVIDER, month })
}

const issued: number[] = []
town.clock.set('2026-08-02T09:00:00Z')
issued.push(await run(JULY))
town.clock.set('2026-08-20T09:00:00Z')
await pay(staying, '2026-08-10', 1000_00, AUGUST)
issued.push(await run(AUGUST))
town.clock.set('2026-09-20T09:00:00Z')
await pay(staying, '2026-09-10', 1000_00, SEPTEMBER)
issued.push(await run(SEPTEMBER))
const [ofJuly = 0, ofAugust = 0, ofSeptember = 0] = issued

describe('penalty of a month', () => {
  it('is none before the term, and counts from the first working day after it', async () => {
    expect(await penalties(ofJuly, late)).toEqual([])
    expect(await penalties(ofAugust, late)).toEqual([now(60n)])
    expect(await penalties(ofSeptember, late)).toEqual([now(330n)])
  })

  it('is none of what was paid in time, and of who is exempt', async () => {
    for (const debtor of [staying, exempt]) {
      expect(await penalties(ofAugust, debtor)).toEqual([])
      expect(await penalties(ofSeptember, debtor)).toEqual([])
    }
  })

  it('stops at the cap of each month owed', async () => {
    expect(await penalties(ofAugust, capped)).toEqual([now(10_00n)])
    expect(await penalties(ofSeptember, capped)).toEqual([now(10_00n)])
  })
})

describe('a payment learnt after the months it counts in were issued', () => {
  it('takes their penalty back and books the right one', async () => {
    town.clock.set('2026-10-20T09:00:00Z')
    const no = (paid += 1)
    expect(await pay(late, '2026-09-10', 1000_00, OCTOBER, no)).toMatchObject({ booked: 1 })
    expect(await pay(late, '2026-09-10', 1000_00, OCTOBER, no)).toMatchObject({ replayed: true })
    await pay(staying, '2026-10-10', 1000_00, OCTOBER)
    await moveDebt(town, {
      ...{ fromId: leaving.agreementId, toId: staying.agreementId },
      ...{ reason: 'переїзд', author: 'test' },
    })
    const runId = await run(OCTOBER)
    expect(await penalties(runId, late)).toEqual([
      { amount: -330n, about: SEPTEMBER, takesBack: true },
      { amount: 120n, about: SEPTEMBER, takesBack: false },
      now(360n),
    ])
    expect(await penalties(runId, early)).toEqual([now(31_0n + 31_0n + 5_0n)])
    // Moved on 20 October with the due dates of its months.
    expect(await penalties(runId, leaving)).toEqual([now(19_0n + 19_0n)])
    expect(await penalties(runId, staying)).toEqual([now(12_0n + 12_0n + 5_0n)])
    expect(await penalties(runId, exempt)).toEqual([])
  })

  it('changes nothing the month after', async () => {
    town.clock.set(after(NOVEMBER))
    const runId = await draft(town, { providerCode: PROVIDER, month: NOVEMBER })
    for (const debtor of [late, early, exempt, capped, leaving, staying]) {
      const past = (await penalties(runId, debtor)).filter(({ about }) => about !== null)
      expect(past).toEqual([])
    }
  })

  it('learnt twice as late takes back what was booked last', async () => {
    await pay(late, '2026-08-20', 1000_00, NOVEMBER)
    const runId = await draft(town, { providerCode: PROVIDER, month: NOVEMBER })
    // July paid in August by this one, August in September by the other: neither was late.
    expect((await penalties(runId, late)).filter(({ about }) => about !== null)).toEqual([
      { amount: -60n, about: AUGUST, takesBack: true },
      { amount: -120n, about: SEPTEMBER, takesBack: true },
      { amount: -360n, about: OCTOBER, takesBack: true },
      { amount: 50n, about: OCTOBER, takesBack: false },
    ])
    town.clock.advance({ minutes: 1 })
    await chargeAndIssue(town, { providerCode: PROVIDER, month: NOVEMBER })
    const faults = []
    for await (const fault of verify(town)) faults.push(fault)
    expect(faults).toEqual([])
  })

  it('needs a term of payment: without it accounts with debts are left out', async () => {
    await town.sql.run`
      update rule set retired_at = ${town.now()} where kind = 'payment-term'`
    town.clock.set('2027-01-05T09:00:00Z')
    const runId = await draft(town, { providerCode: PROVIDER, month: period(202612) })
    const left = await town.sql.many<{ code: string; id: number }>`
      select distinct code, agreement_id as id from run_lint where run_id = ${runId} and blocks
      order by id`
    expect(left).toContainEqual({ code: 'payment-term-missing', id: late.agreementId })
  })
})
