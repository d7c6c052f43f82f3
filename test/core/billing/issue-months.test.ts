import { beforeEach, describe, expect, it } from '@jest/globals'
import { issueMonths } from '../../../core/billing/issue-months.ts'
import { readIssuedMonths } from '../../../core/billing/issued-months.ts'
import { readLastIssued } from '../../../core/ledger/posting-period.ts'
import { period } from '../../../core/period.ts'
import { testTown } from '../../support/town.ts'
import { addAccount, addAgreement, addProvider } from '../../support/world.ts'
import { book, entry } from '../ledger/books.ts'

const town = await testTown()
const AUGUST = period(202608)
const SEPTEMBER = period(202609)
const OCTOBER = period(202610)
const NOVEMBER = period(202611)

let providerCode: string
let providerId: number
let accountId: number
let agreementId: number
let made = 0
beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  made += 1
  providerCode = `code-${made}`
  providerId = await addProvider(town, { code: providerCode })
  accountId = await addAccount(town, { providerId })
  agreementId = await addAgreement(town, { providerId, accountId })
})

const charge = (month = AUGUST) =>
  book(town, providerId, [
    entry({ agreementId, providerId }, made * 10 + (month % 100), { period: month }),
  ])
const issue = (month = OCTOBER) => issueMonths(town, { providerCode, month })
const lastIssued = () => readLastIssued(town, providerId)

describe('issuing', () => {
  it('takes every month from the first with entries up to the one asked', async () => {
    await charge(AUGUST)
    expect(await lastIssued()).toBeNull()
    expect(await issue()).toEqual({ ok: true, value: { months: [AUGUST, SEPTEMBER, OCTOBER] } })
    expect(await lastIssued()).toBe(OCTOBER)
    town.clock.set('2026-12-01T10:00:00Z')
    expect(await issue(NOVEMBER)).toEqual({ ok: true, value: { months: [NOVEMBER] } })
  })

  it('what was issued before gives none and keeps its instant', async () => {
    await charge()
    await issue()
    const read = () => town.sql.many`
      select period, issued_at from billing_period where provider_id = ${providerId}
      order by period`
    const before = await read()
    town.clock.advance({ days: 1 })
    expect(await issue()).toEqual({ ok: true, value: { months: [] } })
    expect(await issue(SEPTEMBER)).toEqual({ ok: true, value: { months: [] } })
    expect(await read()).toEqual(before)
  })

  it('by two at once happens once', async () => {
    await charge()
    const answers = await Promise.all([issue(), issue()])
    const months = answers.flatMap((answer) => (answer.ok ? answer.value.months : []))
    expect(months).toEqual([AUGUST, SEPTEMBER, OCTOBER])
  })

  it('is refused until the month is over, by the calendar of the town', async () => {
    await charge(OCTOBER)
    const refused = { ok: false, code: 'month-not-over' }
    town.clock.set('2026-10-31T21:59:00Z')
    expect(await issue(OCTOBER)).toEqual(refused)
    town.clock.set('2026-10-31T22:00:00Z')
    expect(await issue(OCTOBER)).toMatchObject({ ok: true })
  })

  it('is refused without entries up to the month', async () => {
    const refused = { ok: false, code: 'nothing-to-issue' }
    expect(await issue()).toEqual(refused)
    await charge(OCTOBER)
    expect(await issue(SEPTEMBER)).toEqual(refused)
    expect(await lastIssued()).toBeNull()
  })

  it('is refused for a provider nobody knows', async () => {
    expect(await issueMonths(town, { providerCode: 'nobody', month: OCTOBER })).toEqual({
      ok: false,
      code: 'provider-not-found',
    })
  })
})

describe('the issued months of an account', () => {
  it('are those with entries of it, newest first', async () => {
    await charge(AUGUST)
    await charge(OCTOBER)
    await charge(NOVEMBER)
    expect(await readIssuedMonths(town, accountId, 10)).toEqual([])
    await issue()
    expect(await readIssuedMonths(town, accountId, 10)).toEqual([OCTOBER, AUGUST])
    expect(await readIssuedMonths(town, accountId, 1)).toEqual([OCTOBER])
    const other = await addAccount(town, { providerId })
    expect(await readIssuedMonths(town, other, 10)).toEqual([])
  })
})
