import { describe, expect, it } from '@jest/globals'
import { checkMonth } from '../../../../core/billing/check-month.ts'
import { closeMonth } from '../../../../core/billing/close-month.ts'
import { issueMonths } from '../../../../core/billing/issue-months.ts'
import { readBalances } from '../../../../core/ledger/read-balances.ts'
import { type Period, period } from '../../../../core/period.ts'
import { type Rate, wholeQuantity } from '../../../../core/quantity.ts'
import { draft } from '../../../support/calculated-town.ts'
import { testTown } from '../../../support/town.ts'
import { addReading } from '../../../support/world.ts'
import { units } from '../charge/facts.ts'
import {
  after,
  chargedAccount,
  type ChargedAccount,
  chargedProvider,
  draftLines,
  meterOf,
  sayHousehold,
  sayPrice,
  sayRule,
} from './charged-provider.ts'

const SEPTEMBER = period(202609)
const OCTOBER = period(202610)
const PROVIDER = '30000001'
const town = await testTown({ now: '2026-08-20T09:00:00Z' })

const SERVICES: Record<string, { charging: object; price: string; norm?: string }> = {
  rent: { charging: { base: 'area' }, price: '2' },
  unpriced: { charging: { base: 'area' }, price: '2' },
  gap: { charging: { base: 'area' }, price: '2' },
  overlap: { charging: { base: 'area' }, price: '2' },
  negative: { charging: { base: 'area' }, price: '-2' },
  normless: { charging: { base: 'meter' }, price: '2' },
  load: { charging: { base: 'account', fixedBase: 'load' }, price: '2' },
  unruled: { charging: { base: 'area' }, price: '2' },
  garbled: { charging: { base: 'somehow' }, price: '2' },
  heat: { charging: { base: 'house-share' }, price: '2' },
  sewage: { charging: { base: 'volume-of', volumeOf: ['nothing'] }, price: '2' },
  water: { charging: { base: 'meter' }, price: '2', norm: '3' },
}
const provider = await chargedProvider(town, {
  code: PROVIDER,
  from: SEPTEMBER,
  services: SERVICES,
})
const serviceId = (name: string) => provider.services[name]?.id ?? 0

/** An account of one of the services, impossible to charge in its own way. */
async function impossible(name: string, spoil: (of: ChargedAccount) => Promise<unknown>) {
  const only = { ...provider, services: { [name]: { id: serviceId(name), code: '' } } }
  const of = await chargedAccount(town, only)
  await spoil(of)
  return of
}

const nothing = () => Promise.resolve()
const service = (name: string, sql: 'drop' | 'end') =>
  sql === 'drop'
    ? town.sql.run`delete from tariff where service_id = ${serviceId(name)}`
    : town.sql.run`update tariff set to_day = '2026-09-10' where service_id = ${serviceId(name)}`
const fixed = (name: string) => town.sql.run`
  insert into tariff (service_id, part, from_day, price_e8, recorded_at)
  values (${serviceId(name)}, 'fixed', '2020-01-01', 100, ${town.now()})`
const twice = (name: string) => town.sql.run`
  insert into tariff (service_id, from_day, price_e8, recorded_at)
  values (${serviceId(name)}, '2026-09-10', 100, ${town.now()})`
const entitle = ({ accountId }: ChargedAccount) => town.sql.run`
  insert into beneficiary (account_id, category, persons, from_day, document, recorded_at)
  values (${accountId}, 'unheard-of', 1, '2026-01-01', '', ${town.now()})`
const poor = ({ accountId }: ChargedAccount) => town.sql.run`
  insert into quality_defect (service_id, account_id, defect, from_day, to_day, document, author,
    recorded_at)
  values (${serviceId('rent')}, ${accountId}, 'unheard-of', '2026-09-10', '2026-09-12', '', 'test',
    ${town.now()})`
async function readBackwards({ agreements }: ChargedAccount): Promise<void> {
  const { registerId } = await meterOf(town, agreements['water'] ?? 0)
  await addReading(town, { registerId, takenOn: '2026-08-31', value: wholeQuantity(9) })
  await addReading(town, { registerId, takenOn: '2026-09-30', value: wholeQuantity(8) })
}

const faults: [code: string, of: ChargedAccount][] = [
  ['agreement-without-tariff', await impossible('unpriced', () => service('unpriced', 'drop'))],
  ['tariff-gap', await impossible('gap', () => service('gap', 'end'))],
  ['tariff-overlap', await impossible('overlap', () => twice('overlap'))],
  ['price-negative', await impossible('negative', nothing)],
  ['norm-missing', await impossible('normless', nothing)],
  ['load-missing', await impossible('load', () => fixed('load'))],
  [
    'charging-rule-missing',
    await impossible(
      'unruled',
      () => town.sql.run`
      delete from rule where service_id = ${serviceId('unruled')}`,
    ),
  ],
  ['rule-unreadable', await impossible('garbled', nothing)],
  ['volume-missing', await impossible('heat', nothing)],
  ['volume-source-missing', await impossible('sewage', nothing)],
  ['volume-negative', await impossible('water', readBackwards)],
  ['benefit-rule-missing', await impossible('rent', entitle)],
  ['rule-unreadable', await impossible('rent', poor)],
  [
    'area-missing',
    await impossible('rent', ({ accountId }) =>
      sayHousehold(town, accountId, { occupants: 1, area: null }),
    ),
  ],
  [
    'household-missing',
    await impossible(
      'rent',
      ({ accountId }) => town.sql.run`
      delete from household where account_id = ${accountId}`,
    ),
  ],
]
const good = [await impossible('rent', nothing), await impossible('rent', nothing)]
const goodIds = good.map(({ agreements }) => agreements['rent'])

const issue = (month: Period) =>
  issueMonths(town, { providerCode: PROVIDER, month, author: 'test' })
const check = (leaveOut: boolean, month: Period) =>
  checkMonth(town, { providerCode: PROVIDER, month, author: 'test', leaveOut })

describe('a month with accounts that cannot be charged', () => {
  it('names the fault of each, and charges the others', async () => {
    town.clock.set(after(SEPTEMBER))
    const runId = await draft(town, { providerCode: PROVIDER, month: SEPTEMBER })
    const lints = await town.sql.many<{ accountId: number; code: string; since: Period }>`
      select account_id as "accountId", code, since_period as since from run_lint
      where run_id = ${runId} and blocks order by id`
    expect(lints).toEqual(
      faults.map(([code, { accountId }]) => ({ accountId, code, since: SEPTEMBER })),
    )
    const charged = await town.sql.many<{ id: number; amount: bigint }>`
      select agreement_id as id, amount from run_line where run_id = ${runId} order by 1`
    expect(charged).toEqual(goodIds.map((id) => ({ id, amount: 100_00n })))
  })

  it('is not checked, nor issued, while nobody says to leave them out', async () => {
    const checked = await check(false, SEPTEMBER)
    expect(checked).toMatchObject({ ok: true, value: { checked: false, leftOut: faults.length } })
    const codes = checked.ok ? checked.value.lints.map(({ code }) => code) : []
    expect(codes).toEqual(expect.arrayContaining(faults.map(([code]) => code)))
    expect(await issue(SEPTEMBER)).toEqual({
      ...{ ok: false, code: 'month-not-checked', next: SEPTEMBER },
    })
  })

  it('is issued for the others when they are left out', async () => {
    expect(await check(true, SEPTEMBER)).toMatchObject({ ok: true, value: { checked: true } })
    expect(await issue(SEPTEMBER)).toEqual({ ok: true, value: { months: [SEPTEMBER] } })
    const accounts = [...good, ...faults.map(([, of]) => of)].map(({ accountId }) => accountId)
    const balances = await readBalances(town, accounts)
    expect(balances.map(({ balance }) => balance)).toEqual(
      accounts
        .sort((one, other) => one - other)
        .map((id) => (good.some(({ accountId }) => accountId === id) ? 100_00n : 0n)),
    )
  })

  it('charges both months once the data are put right, and keeps the rest left out', async () => {
    town.clock.set('2026-10-20T09:00:00Z')
    await sayPrice(town, serviceId('unpriced'), units('3') as unknown as Rate)
    await sayRule(town, 'charging', { base: 'area' }, { serviceId: serviceId('unruled') })
    const [[, unpriced] = [], , , , , , [, unruled] = []] = faults
    town.clock.set(after(OCTOBER))
    const lines = await draftLines(town, { providerCode: PROVIDER, month: OCTOBER })
    const of = (id: number | undefined) =>
      lines
        .filter(({ agreementId }) => agreementId === id)
        .map(({ about, amount }) => [about, amount])
    expect(of(unpriced?.agreements['unpriced'])).toEqual([
      [null, 150_00n],
      [SEPTEMBER, 150_00n],
    ])
    expect(of(unruled?.agreements['unruled'])).toEqual([
      [null, 100_00n],
      [SEPTEMBER, 100_00n],
    ])
    expect(of(goodIds[0])).toEqual([[null, 100_00n]])
    const left = await town.sql.many<{ since: Period }>`
      select since_period as since from run_lint l join run r on r.id = l.run_id
      where r.period = ${OCTOBER} and l.blocks`
    // The poor quality was of September: the account is left out as long as that month waits.
    expect(left.map(({ since }) => since)).toEqual(
      Array.from({ length: faults.length - 2 }, () => SEPTEMBER),
    )
  })

  it('is checked again after a new draft, and closes in order', async () => {
    const of = { providerCode: PROVIDER, month: OCTOBER }
    expect(await closeMonth(town, of)).toEqual({ ok: false, code: 'month-not-issued' })
    await check(true, OCTOBER)
    await draft(town, of)
    expect(await issue(OCTOBER)).toMatchObject({ ok: false, code: 'month-not-checked' })
    await check(true, OCTOBER)
    expect(await issue(OCTOBER)).toMatchObject({ ok: true })
    expect(await closeMonth(town, of)).toEqual({
      ...{ ok: false, code: 'earlier-month-open', next: SEPTEMBER },
    })
    const closed = { ok: true, value: { closed: true } }
    expect(await closeMonth(town, { ...of, month: SEPTEMBER })).toEqual(closed)
    expect(await closeMonth(town, of)).toEqual(closed)
    expect(await closeMonth(town, of)).toEqual({ ok: true, value: { closed: false } })
    expect(await closeMonth(town, { ...of, providerCode: 'nobody' })).toEqual({
      ...{ ok: false, code: 'provider-not-found' },
    })
  })
})

describe('checking', () => {
  it.each([
    ['provider-not-found', { providerCode: 'nobody', month: OCTOBER }],
    ['month-issued', { providerCode: PROVIDER, month: OCTOBER }],
    ['not-drafted', { providerCode: PROVIDER, month: period(202611) }],
  ])('is refused: %s', async (code, of) => {
    const refused = await checkMonth(town, { ...of, author: 'test', leaveOut: false })
    expect(refused).toEqual({ ok: false, code })
  })
})
