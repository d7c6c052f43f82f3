import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { applyForSubsidy } from '../../../../core/billing/subsidy/apply-for-subsidy.ts'
import { grantSubsidy, refuseSubsidy } from '../../../../core/billing/subsidy/decide-case.ts'
import { endSubsidy } from '../../../../core/billing/subsidy/end-subsidy.ts'
import { readCase } from '../../../../core/billing/subsidy/read-cases.ts'
import { readGrants } from '../../../../core/billing/subsidy/read-grants.ts'
import { receiveDocument } from '../../../../core/billing/subsidy/receive-document.ts'
import { renewSubsidy } from '../../../../core/billing/subsidy/renew-subsidy.ts'
import { kopecks } from '../../../../core/money.ts'
import { plainDate, type PlainDate } from '../../../../core/period.ts'
import { testTown } from '../../../support/town.ts'
import { addAccount, addProvider } from '../../../support/world.ts'
import { addCase, addOccupants, addRule, shown, TERMS } from './cases.ts'

const town = await testTown({ country: 'by', currency: 'BYN', zone: 'Europe/Minsk' })
const author = 'staff'
const NOVEMBER = plainDate('2026-11-01')
const MAY = plainDate('2027-05-01')

let providerId: number
let accountId: number
beforeAll(async () => {
  providerId = await addProvider(town)
  await addRule(town, 'subsidy', TERMS)
  await town.sql.run`
    insert into calendar_day (day, is_off, source)
    values ('2026-11-09', true, 'test'), ('2026-11-14', false, 'test')`
})
beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  accountId = await addAccount(town, { providerId, occupants: 3 })
})

const grant = (caseId: number, fromDay: PlainDate = NOVEMBER) =>
  grantSubsidy(town, { caseId, fromDay, author })
const receive = (caseId: number, document: string, receivedOn = '2026-11-04') =>
  receiveDocument(town, { caseId, document, receivedOn: plainDate(receivedOn), author })
const end = (caseId: number, day: string) =>
  endSubsidy(town, { caseId, day: plainDate(day), reason: 'moved', author })
const renew = (caseId: number, given = {}) =>
  renewSubsidy(town, { caseId, ...shown({ principle: 'discovery', ...given }) })

async function granted(fromDay: PlainDate = NOVEMBER): Promise<number> {
  const caseId = await addCase(town, accountId)
  const decided = await grant(caseId, fromDay)
  if (!decided.ok) throw new Error(decided.code)
  return caseId
}

async function events(): Promise<unknown[]> {
  return town.sql.many`
    select kind, reason, author, details from account_event where account_id = ${accountId}
    order by id`
}

describe('an application', () => {
  it('waits for its documents until a day counted in working days', async () => {
    const opened = await applyForSubsidy(town, { accountId, ...shown() })
    if (!opened.ok) throw new Error(opened.code)
    const { caseId, ...value } = opened.value
    // Ten working days after Monday 2 November: the 9th is a holiday, Saturday the 14th is none.
    expect(value).toEqual({
      number: `2026-${caseId}`,
      state: 'waiting-documents',
      decideBy: '2026-11-16',
      householdSize: 3,
      income: 42_000n,
      documents: ['incomes', 'family'],
    })
    expect(await readCase(town, caseId)).toMatchObject({
      state: 'waiting-documents',
      isOverdue: false,
      documents: [
        { name: 'incomes', receivedOn: null },
        { name: 'family', receivedOn: null },
      ],
    })
  })

  it('rounds the average income once', async () => {
    const incomes = [100, 100, 101].map(kopecks)
    expect(await readCase(town, await addCase(town, accountId, { incomes }))).toMatchObject({
      income: 100n,
      incomes: [100n, 100n, 101n],
    })
  })

  it('by discovery waits for no documents', async () => {
    expect(await readCase(town, await addCase(town, accountId))).toMatchObject({
      state: 'applied',
      principle: 'discovery',
      documents: [],
    })
  })

  it('counts nobody of an excluded status, nor people who left or were recorded by mistake', async () => {
    await addOccupants(town, accountId, ['pensioner-not-working', 'child', 'not-employed'])
    await town.sql.run`
      insert into occupant (account_id, status, from_day, to_day, recorded_at, retired_at)
      values (${accountId}, 'child', '2020-01-01', '2026-11-02', ${town.now()}, null),
        (${accountId}, 'child', '2026-11-03', null, ${town.now()}, null),
        (${accountId}, 'child', '2020-01-01', null, ${town.now()}, ${town.now()})`
    const opened = await readCase(town, await addCase(town, accountId))
    expect(opened?.householdSize).toBe(2)
  })

  it.each([
    [
      'an income is missing',
      { incomes: [kopecks(1)] },
      { code: 'incomes-incomplete', required: 3 },
    ],
    ['its day has not come', { appliedOn: plainDate('2026-11-06') }, { code: 'day-in-future' }],
    ['no rule is in force', { appliedOn: plainDate('2019-12-31') }, { code: 'rule-not-set' }],
  ])('is refused when %s', async (_name, given, refusal) => {
    const answer = await applyForSubsidy(town, { accountId, ...shown(given) })
    expect(answer).toEqual({ ok: false, ...refusal })
  })

  it('is refused for an account that is unknown or closed', async () => {
    const refusal = { ok: false, code: 'account-not-found' }
    expect(await applyForSubsidy(town, { accountId: 999_999, ...shown() })).toEqual(refusal)
    await town.sql.run`update account set closed_on = '2026-11-05' where id = ${accountId}`
    expect(await applyForSubsidy(town, { accountId, ...shown() })).toEqual(refusal)
  })

  it('is refused while another one waits', async () => {
    const caseId = await addCase(town, accountId)
    expect(await applyForSubsidy(town, { accountId, ...shown() })).toEqual({
      ok: false,
      code: 'case-open',
      caseId,
    })
  })

  it('is refused while a subsidy runs, and taken after it', async () => {
    const caseId = await granted()
    const again = () => applyForSubsidy(town, { accountId, ...shown() })
    const refusal = { ok: false, code: 'already-granted', caseId, until: MAY }
    expect(await again()).toEqual(refusal)
    town.clock.set('2027-05-01T10:00:00Z')
    expect(await again()).toMatchObject({ ok: true })
  })
})

describe('a rule', () => {
  it.each([
    ['a share above one', { ...TERMS, townShare: '1.5' }],
    ['a share as a number', { ...TERMS, townShare: 0.2 }],
    ['an unknown name', { ...TERMS, more: 1 }],
    ['no terms', {}],
  ])('with %s is named as invalid', async (_name, value) => {
    const odd = await addProvider(town)
    const ruleId = await addRule(town, 'subsidy', value, { providerId: odd })
    const account = await addAccount(town, { providerId: odd })
    expect(await applyForSubsidy(town, { accountId: account, ...shown() })).toEqual({
      ok: false,
      code: 'rule-invalid',
      ruleId,
    })
  })

  it("of the provider goes before the country's", async () => {
    const own = await addProvider(town)
    await addRule(town, 'subsidy', { ...TERMS, incomeMonths: 1 }, { providerId: own })
    const account = await addAccount(town, { providerId: own })
    const input = { accountId: account, ...shown({ incomes: [kopecks(1)] }) }
    expect(await applyForSubsidy(town, input)).toMatchObject({ ok: true })
  })
})

describe('documents', () => {
  it('make a case ready with the last one', async () => {
    const opened = await applyForSubsidy(town, { accountId, ...shown() })
    if (!opened.ok) throw new Error(opened.code)
    const { caseId } = opened.value
    expect(await grant(caseId)).toEqual({
      ok: false,
      code: 'documents-missing',
      names: ['incomes', 'family'],
    })
    const first = { ok: true, value: { state: 'waiting-documents', missing: ['family'] } }
    expect(await receive(caseId, 'incomes')).toEqual(first)
    expect(await receive(caseId, 'incomes', '2026-11-05')).toEqual(first)
    const ready = { ok: true, value: { state: 'applied', missing: [] } }
    expect(await receive(caseId, 'family')).toEqual(ready)
    expect((await readCase(town, caseId))?.documents).toEqual([
      { name: 'incomes', receivedOn: '2026-11-04' },
      { name: 'family', receivedOn: '2026-11-04' },
    ])
    expect(await grant(caseId)).toMatchObject({ ok: true })
    expect((await events()).length).toBe(4)
  })

  it.each([
    ['document-not-asked-for', 'photo', '2026-11-04'],
    ['day-in-future', 'incomes', '2026-11-06'],
  ])('are refused as %s', async (code, document, day) => {
    const opened = await applyForSubsidy(town, { accountId, ...shown() })
    if (!opened.ok) throw new Error(opened.code)
    expect(await receive(opened.value.caseId, document, day)).toEqual({ ok: false, code })
  })
})

describe('a decision', () => {
  it('to grant sets the days and is in the history', async () => {
    const caseId = await addCase(town, accountId)
    expect(await grant(caseId)).toEqual({
      ok: true,
      value: { toDay: MAY, persons: 3, isLate: false },
    })
    expect(await readCase(town, caseId)).toMatchObject({
      state: 'granted',
      fromDay: NOVEMBER,
      toDay: MAY,
      decidedOn: '2026-11-05',
      decidedBy: author,
    })
    expect(await events()).toEqual([
      { kind: 'subsidy-applied', reason: '', author, details: { caseId, renewsId: null } },
      {
        kind: 'subsidy-granted',
        reason: '',
        author,
        details: { caseId, fromDay: NOVEMBER, toDay: MAY },
      },
    ])
  })

  it('after the deadline counts and is flagged', async () => {
    const [late, inTime] = [await addAccount(town, { providerId }), accountId]
    const [lateCase, timelyCase] = [await addCase(town, late), await addCase(town, inTime)]
    town.clock.set('2026-11-16T10:00:00Z')
    expect(await grant(timelyCase)).toMatchObject({ value: { isLate: false } })
    town.clock.set('2026-11-17T10:00:00Z')
    expect(await readCase(town, lateCase)).toMatchObject({ state: 'applied', isOverdue: true })
    expect(await grant(lateCase)).toMatchObject({ value: { isLate: true } })
    expect((await readCase(town, timelyCase))?.isOverdue).toBe(false)
    expect((await readCase(town, lateCase))?.isOverdue).toBe(true)
  })

  it('to refuse needs no documents and keeps the reason', async () => {
    const opened = await applyForSubsidy(town, { accountId, ...shown() })
    if (!opened.ok) throw new Error(opened.code)
    const { caseId } = opened.value
    const refused = await refuseSubsidy(town, { caseId, reason: 'income too high', author })
    expect(refused).toEqual({ ok: true, value: { isLate: false } })
    expect(await readCase(town, caseId)).toMatchObject({
      state: 'refused',
      reason: 'income too high',
    })
    expect(await receive(caseId, 'incomes')).toEqual({ ok: false, code: 'case-decided' })
  })

  it('counts people as they are known by then', async () => {
    const caseId = await addCase(town, accountId)
    await addOccupants(town, accountId, ['pensioner-not-working', 'not-employed'])
    expect(await grant(caseId)).toMatchObject({ value: { persons: 1 } })
    expect((await readCase(town, caseId))?.householdSize).toBe(1)
  })

  it('cannot grant where everybody is excluded, but the case itself is taken', async () => {
    await addOccupants(town, accountId, ['not-employed'])
    const caseId = await addCase(town, accountId)
    expect(await grant(caseId)).toEqual({ ok: false, code: 'nobody-entitled' })
  })

  it.each(['granted', 'refused'])('is made once: not on a case already %s', async (state) => {
    const caseId = await addCase(town, accountId)
    if (state === 'granted') await grant(caseId)
    else await refuseSubsidy(town, { caseId, reason: 'no', author })
    const refusal = { ok: false, code: 'case-decided' }
    expect(await grant(caseId)).toEqual(refusal)
    expect(await refuseSubsidy(town, { caseId, reason: 'no', author })).toEqual(refusal)
  })

  it('needs a case', async () => {
    const refusal = { ok: false, code: 'case-not-found' }
    expect(await grant(999_999)).toEqual(refusal)
    expect(await refuseSubsidy(town, { caseId: 999_999, reason: 'no', author })).toEqual(refusal)
    expect(await receive(999_999, 'incomes')).toEqual(refusal)
    expect(await end(999_999, '2026-11-01')).toEqual(refusal)
    expect(await renew(999_999)).toEqual(refusal)
  })
})

describe('a renewal', () => {
  it('follows the case it renews, without a gap or an overlap', async () => {
    const caseId = await granted()
    town.clock.set('2027-04-20T10:00:00Z')
    const opened = await renew(caseId, { appliedOn: plainDate('2027-04-19') })
    if (!opened.ok) throw new Error(opened.code)
    const { caseId: next } = opened.value
    expect(await readCase(town, caseId)).toMatchObject({ renewedById: next })
    expect(await readCase(town, next)).toMatchObject({ renewsId: caseId, state: 'applied' })
    const overlap = { ok: false, code: 'period-overlaps', caseId, until: MAY }
    expect(await grant(next, plainDate('2027-04-30'))).toEqual(overlap)
    expect(await grant(next, plainDate('2026-06-01'))).toEqual(overlap)
    expect(await grant(next, MAY)).toMatchObject({ value: { toDay: '2027-11-01' } })
    expect(await renew(caseId, { appliedOn: plainDate('2027-04-20') })).toEqual({
      ok: false,
      code: 'already-renewed',
      caseId: next,
    })
  })

  it('is refused while one waits, and possible again when it was refused', async () => {
    const caseId = await granted()
    const opened = await renew(caseId)
    if (!opened.ok) throw new Error(opened.code)
    const { caseId: next } = opened.value
    expect(await renew(caseId)).toEqual({ ok: false, code: 'case-open', caseId: next })
    await refuseSubsidy(town, { caseId: next, reason: 'no', author })
    expect(await readCase(town, caseId)).toMatchObject({ renewedById: null })
    expect(await renew(caseId)).toMatchObject({ ok: true })
  })

  it('is refused for a case that is not granted, was stopped, or is over', async () => {
    const caseId = await addCase(town, accountId)
    expect(await renew(caseId)).toEqual({ ok: false, code: 'case-not-granted' })
    await grant(caseId)
    town.clock.set('2027-05-01T10:00:00Z')
    expect(await renew(caseId)).toEqual({ ok: false, code: 'case-over' })
    await end(caseId, '2027-01-01')
    expect(await renew(caseId)).toEqual({ ok: false, code: 'case-not-granted' })
  })

  it('shows the incomes the rule asks for', async () => {
    const caseId = await granted()
    expect(await renew(caseId, { incomes: [] })).toMatchObject({ code: 'incomes-incomplete' })
  })
})

describe('an early end', () => {
  it('cuts the days, and the past is still known as it was', async () => {
    const caseId = await granted()
    const before = town.now()
    town.clock.set('2026-12-10T10:00:00Z')
    expect(await end(caseId, '2026-12-15')).toEqual({ ok: true, value: { grantedToDay: MAY } })
    const grant = { id: caseId, accountId, income: 42_000n, isVillage: false, fromDay: NOVEMBER }
    const accountIds = [accountId]
    const now = town.now()
    expect(await readGrants(town, { accountIds, asOf: now })).toEqual([
      { ...grant, toDay: '2026-12-15' },
    ])
    expect(await readGrants(town, { accountIds, asOf: before })).toEqual([{ ...grant, toDay: MAY }])
    const earlier = new Date('2026-11-05T09:59:59Z')
    expect(await readGrants(town, { accountIds, asOf: earlier })).toEqual([])
    expect(await events()).toContainEqual({
      kind: 'subsidy-ended',
      reason: 'moved',
      author,
      details: { caseId, toDay: '2026-12-15', grantedToDay: MAY },
    })
  })

  it('on the first day means that it never ran', async () => {
    const caseId = await granted()
    expect(await end(caseId, NOVEMBER)).toMatchObject({ ok: true })
    expect(await readGrants(town, { accountIds: [accountId], asOf: town.now() })).toEqual([])
    const again = await addCase(town, accountId)
    expect(await grant(again)).toMatchObject({ ok: true })
  })

  it.each(['2026-10-31', '2027-05-01'])('is refused outside the case: %s', async (day) => {
    const caseId = await granted()
    expect(await end(caseId, day)).toEqual({
      ok: false,
      code: 'day-outside-case',
      fromDay: NOVEMBER,
      toDay: MAY,
    })
  })

  it('is made once, of a granted case', async () => {
    const caseId = await addCase(town, accountId)
    const refusal = { ok: false, code: 'case-not-granted' }
    expect(await end(caseId, '2026-12-01')).toEqual(refusal)
    await grant(caseId)
    await end(caseId, '2026-12-01')
    expect(await end(caseId, '2026-11-15')).toEqual(refusal)
  })
})
