import { describe, expect, it } from '@jest/globals'
import { chargeMonth } from '../../../../core/billing/charge/charge-month.ts'
import { amountOf } from '../../../../core/billing/charge/line.ts'
import { loadFacts } from '../../../../core/billing/run/load-facts.ts'
import { verify } from '../../../../core/ledger/verify.ts'
import { addMonths, firstDay, type Period, period } from '../../../../core/period.ts'
import { rate, wholeQuantity } from '../../../../core/quantity.ts'
import { readRulebook } from '../../../../core/tariffs/read-rulebook.ts'
import { chargeAndIssue, draft } from '../../../support/calculated-town.ts'
import { evaluate } from '../../../support/evaluate.ts'
import { testTown } from '../../../support/town.ts'
import { addReading } from '../../../support/world.ts'
import { units } from '../charge/facts.ts'
import {
  after,
  type Charged,
  chargedAccount,
  type ChargedAccount,
  chargedProvider,
  meterOf,
  sayHousehold,
  sayPrice,
  sayRule,
} from './charged-provider.ts'

// Twelve months issued one by one while facts come in late must end with what the months would have
// been, had everything been known at once.

const FIRST = period(202601)
const LAST = period(202612)
const ACCOUNTS = 12
const town = await testTown({ now: '2025-12-10T09:00:00Z' })
await sayRule(town, 'absence', { thresholdDays: 10, reduces: true })
await sayRule(town, 'benefit', { percent: '50' }, { key: 'veteran' })
await sayRule(town, 'benefit-norm', { perPerson: '2' })
await sayRule(town, 'quality', { percentPerDay: '3.3' }, { key: 'cold' })

/** The same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Facts by the month in whose draft they are first known. */
type Plan = Map<Period, (() => Promise<unknown>)[]>

function planner(plan: Plan) {
  return (month: Period, fact: () => Promise<unknown>) => {
    const known = month > LAST ? LAST : month
    plan.set(known, [...(plan.get(known) ?? []), fact])
  }
}

async function planAccount(
  of: ChargedAccount,
  random: (below: number) => number,
  learn: ReturnType<typeof planner>,
): Promise<void> {
  const { accountId, agreements } = of
  const water = agreements['water'] ?? 0
  const { meterId, registerId } = await meterOf(town, water)
  let value = 0
  const read = async (month: Period, shown: number) =>
    addReading(town, {
      ...{ registerId, takenOn: firstDay(addMonths(month, 1)), value: wholeQuantity(shown) },
      period: month,
    })
  for (const month of [202510, 202511, 202512].map(period)) await read(month, (value += random(15)))
  for (let month = FIRST; month <= LAST; month = addMonths(month, 1)) {
    const shown = (value += random(15))
    if (random(3) > 0)
      learn(addMonths(month, [0, 0, 0, 1, 3][random(5)] ?? 0), () => read(month, shown))
  }
  const past = () => {
    const about = addMonths(FIRST, random(11))
    return {
      about,
      known: addMonths(about, random(4)),
      from: `${firstDay(about).slice(0, 8)}1${random(9)}`,
    }
  }
  const moved = past()
  learn(moved.known, () =>
    sayHousehold(town, accountId, { fromDay: moved.from, occupants: random(5), area: '61.3' }),
  )
  const away = past()
  if (random(2) === 0)
    learn(
      away.known,
      () => town.sql.run`
      insert into absence (account_id, left_on, returned_on, applied_on, document, author, recorded_at)
      values (${accountId}, ${away.from}, ${`${firstDay(addMonths(away.about, 1)).slice(0, 8)}20`},
        ${away.from}, 'довідка', 'test', ${town.now()})`,
    )
  const entitled = past()
  if (random(2) === 0)
    learn(
      entitled.known,
      () => town.sql.run`
      insert into beneficiary (account_id, category, persons, from_day, document, recorded_at)
      values (${accountId}, 'veteran', 1, ${entitled.from}, 'посвідчення', ${town.now()})`,
    )
  const poor = past()
  learn(
    poor.known,
    () => town.sql.run`
    insert into quality_defect (service_id, account_id, defect, from_day, to_day, document, author,
      recorded_at)
    select service_id, ${accountId}, 'cold', ${poor.from}, ${poor.from}::date + 3, 'акт', 'test',
      ${town.now()} from agreement where id = ${agreements['rent'] ?? 0}`,
  )
  const verified = past()
  if (random(3) === 0)
    learn(
      verified.known,
      () => town.sql.run`
      insert into verification (meter_id, from_day, until_day, recorded_at)
      values (${meterId}, null, ${verified.from}, ${town.now()})`,
    )
  const hung = past()
  learn(hung.known, async () => {
    const hot = await meterOf(town, agreements['hot'] ?? 0, 5)
    await town.sql.run`
      update meter set installed_on = ${hung.from} where id = ${hot.meterId}`
    await town.sql.run`
      insert into meter_event (meter_id, kind, day, document, author, details, at)
      values (${hot.meterId}, 'installed', ${hung.from}, '', 'test', '{}', ${town.now()})`
    const first = addMonths(hung.known, random(4))
    for (let month = first, shown = 5; month <= LAST; month = addMonths(month, 1 + random(3))) {
      shown += random(9)
      const value = wholeQuantity(shown)
      const takenOn = firstDay(addMonths(month, 1))
      // Those of later months are known when they are over.
      await addReading(town, { registerId: hot.registerId, takenOn, value, period: month })
      await town.sql.run`
        update reading set recorded_at = greatest(recorded_at, ${`${takenOn}T09:00:00Z`}::timestamptz)
        where register_id = ${hot.registerId} and period = ${month}`
    }
  })
  const ended = past()
  if (random(4) === 0)
    learn(
      ended.known,
      () => town.sql.run`
      update agreement set to_day = ${ended.from}, ended_at = ${town.now()}
      where id = ${agreements['waste'] ?? 0}`,
    )
}

async function liveThrough(seed: number): Promise<Charged & { accountIds: number[] }> {
  town.clock.set('2025-12-20T09:00:00Z')
  const estimate = { method: 'avg-daily', baseMonths: 12, maxMonths: 3, step: '1' }
  const lateReading = seed % 2 === 0 ? 'by-days' : 'at-once'
  const code = `seed-${seed}`
  const provider = await chargedProvider(town, {
    ...{ code, from: FIRST },
    services: {
      water: { charging: { base: 'meter', estimate, lateReading }, price: '30.4', norm: '3.6' },
      sewage: { charging: { base: 'volume-of', volumeOf: [`${code}-water`] }, price: '28.6' },
      hot: { charging: { base: 'meter', estimate, lateReading }, price: '88.2', norm: '1.6' },
      waste: { charging: { base: 'persons' }, price: '41.17' },
      rent: { charging: { base: 'area' }, price: '6.125' },
    },
  })
  const random = numbers(seed)
  const plan: Plan = new Map()
  const learn = planner(plan)
  const accountIds = []
  for (let made = 0; made < ACCOUNTS; made += 1) {
    const account = await chargedAccount(town, provider, { occupants: random(5) })
    accountIds.push(account.accountId)
    await planAccount(account, random, learn)
  }
  for (const { id } of Object.values(provider.services)) {
    const fromDay = `2026-0${2 + random(6)}-1${random(9)}`
    const price = rate(units(`${20 + random(20)}.${random(90) + 10}`))
    learn(addMonths(FIRST, 3 + random(8)), () =>
      sayPrice(town, id, price, units('3.3'), { fromDay }),
    )
  }
  for (let month = FIRST; month <= LAST; month = addMonths(month, 1)) {
    town.clock.set(after(month))
    for (const fact of plan.get(month) ?? []) await fact()
    town.clock.advance({ minutes: 1 })
    await chargeAndIssue(town, { providerCode: provider.providerCode, month })
  }
  return { ...provider, accountIds }
}

type Sum = { agreementId: number; month: Period; charge: bigint; benefit: bigint; volume: bigint }

function readBooked(providerId: number): Promise<Sum[]> {
  return town.sql.many<Sum>`
    select l.agreement_id as "agreementId", coalesce(l.about_period, r.period) as month,
      coalesce(sum(l.amount) filter (where l.kind <> 7), 0)::int8 as charge,
      coalesce(sum(l.amount) filter (where l.kind = 7), 0)::int8 as benefit,
      coalesce(sum(l.volume_e8), 0)::int8 as volume
    from run_line l join run r on r.id = l.run_id and r.state = 'posted'
    where r.provider_id = ${providerId} group by 1, 2 order by 1, 2`
}

async function chargeWithEverythingKnown({
  accountIds,
  providerId,
}: Charged & { accountIds: number[] }) {
  const asOf = town.now()
  const accounts = await loadFacts(town, {
    ...{ accountIds, asOf, period: LAST, again: new Set(accountIds) },
  })
  const rules = await readRulebook(town, { providerId, asOf })
  const sums: Sum[] = []
  for (const account of accounts)
    for (let month = FIRST; month <= LAST; month = addMonths(month, 1))
      for (const [agreementId, lines] of chargeMonth(account, month, { rules, chargedFrom: FIRST }))
        sums.push({
          ...{ agreementId, month },
          charge: amountOf(lines, 'accrual', 'subscription', 'recalculation'),
          benefit: amountOf(lines, 'benefit'),
          volume: lines.reduce((total, { volume }) => total + (volume ?? 0n), 0n),
        })
  return sums.sort((a, b) => a.agreementId - b.agreementId || a.month - b.month)
}

const isSomething = ({ benefit, charge, volume }: Sum) =>
  charge !== 0n || benefit !== 0n || volume !== 0n

describe('a year issued month by month while facts come late', () => {
  it.each([1, 2, 3, 4])('ends as if everything had been known, seed %d', async (seed) => {
    const lived = await liveThrough(seed)
    const booked = await readBooked(lived.providerId)
    const known = await chargeWithEverythingKnown(lived)
    expect(booked.filter(isSomething)).toEqual(known.filter(isSomething))

    town.clock.set('2027-02-05T09:00:00Z')
    const runId = await draft(town, { providerCode: lived.providerCode, month: period(202701) })
    const { again } = await town.sql.one<{ again: number }>`
      select count(*)::int4 as again from run_line where run_id = ${runId} and about_period is not null`
    expect(again).toBe(0)
  })

  it('verifies, and every line of it evaluates to its amount', async () => {
    const faults = []
    for await (const fault of verify(town)) faults.push(fault)
    expect(faults).toEqual([])
    const lines = await town.sql.many<{ formula: string; amount: bigint; about: Period | null }>`
      select formula, amount, about_period as about from run_line`
    expect(lines.filter(({ amount, formula }) => evaluate(formula) !== amount)).toEqual([])
    expect(lines.filter(({ about }) => about !== null).length).toBeGreaterThan(300)
  })
})
