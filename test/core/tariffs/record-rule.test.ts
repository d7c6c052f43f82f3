import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addDays, plainDate, type PlainDate } from '../../../core/period.ts'
import { readRules } from '../../../core/tariffs/read-rules.ts'
import { recordRule, retireRule, type RuleInput } from '../../../core/tariffs/record-rule.ts'
import { cutOut, overlaps } from '../../../core/tariffs/store-rules.ts'
import { testTown } from '../../support/town.ts'
import { addAccount, addHouse, addProvider, addService } from '../../support/world.ts'

const town = await testTown()
const PROVIDER = '100000001'
const OTHER = '100000002'
const day = plainDate

let houseId: number
let accountId: number
beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER })
  await addProvider(town, { code: OTHER })
  await addService(town, { providerId, code: '11' })
  houseId = await addHouse(town)
  accountId = await addAccount(town, { providerId })
})
beforeEach(async () => {
  await town.sql.run`delete from rule`
  town.clock.advance({ minutes: 1 })
})

const rule = (given: Partial<RuleInput> = {}): RuleInput => ({
  ...{ kind: 'penalty', key: '', scope: {}, fromDay: day('2026-01-01'), source: 'law' },
  value: { perDay: '0.0001', capPercent: null },
  ...given,
})
const perDay = (share: string) => ({ perDay: share, capPercent: null })
const days = () => town.sql.many<{ from: string; to: string | null; share: string }>`
  select from_day as from, to_day as to, value ->> 'perDay' as share from rule
  where retired_at is null order by from_day`

describe('a rule', () => {
  it.each<[string, Partial<RuleInput>, object]>([
    ['of an unknown kind', { kind: 'fine' }, { code: 'rule-unknown' }],
    ['of a key its kind has not', { key: 'all' }, { code: 'rule-unknown' }],
    [
      'of a benefit without category',
      { kind: 'benefit', value: { percent: '50' } },
      { code: 'rule-unknown' },
    ],
    [
      'of a fifth zone',
      { kind: 'zone-coefficient', key: '5', value: { coefficient: '1' } },
      { code: 'rule-unknown' },
    ],
    ['of another shape', { value: { perDay: 1 } }, { code: 'rule-value-invalid', at: 'perDay' }],
    [
      'with more names',
      { value: { ...perDay('0.01'), x: 1 } },
      { code: 'rule-value-invalid', at: '' },
    ],
    ['that ends as it starts', { toDay: day('2026-01-01') }, { code: 'range-wrong' }],
    ['of an unknown provider', { scope: { provider: '1' } }, { code: 'scope-unknown' }],
    [
      'of another’s service',
      { scope: { provider: OTHER, service: '11' } },
      { code: 'scope-unknown' },
    ],
    ['of a service of nobody', { scope: { service: '11' } }, { code: 'scope-unknown' }],
    ['of an unknown house', { scope: { houseId: 9999 } }, { code: 'scope-unknown' }],
    ['of an unknown account', { scope: { accountId: 9999 } }, { code: 'scope-unknown' }],
  ])('%s is refused', async (_name, given, expected) => {
    expect(await recordRule(town, rule(given))).toEqual({ ok: false, ...expected })
    expect(await days()).toEqual([])
  })

  it('of an account is also its provider’s', async () => {
    for (const scope of [
      {},
      { provider: PROVIDER, service: '11' },
      { houseId },
      { accountId, service: '11' },
    ])
      expect((await recordRule(town, rule({ scope }))).ok).toBe(true)
    const listed = await readRules(town, { on: day('2026-02-01'), limit: 9 })
    expect(listed.map((one) => [one.provider, one.service, one.houseId, one.accountId])).toEqual([
      [null, null, null, null],
      [PROVIDER, '11', null, null],
      [null, null, houseId, null],
      [PROVIDER, '11', null, accountId],
    ])
  })

  it('the same again changes nothing', async () => {
    const first = await recordRule(town, rule())
    const value = { capPercent: null, perDay: '0.0001' }
    expect(await recordRule(town, rule({ value }))).toEqual({
      ok: true,
      value: { ...(first.ok && first.value), isNew: false },
    })
  })

  it('ends the one before it, whose text stays as it was', async () => {
    await recordRule(town, rule())
    town.clock.advance({ days: 1 })
    await recordRule(town, rule({ fromDay: day('2026-07-01'), value: perDay('0.002') }))
    expect(await days()).toEqual([
      { from: '2026-01-01', to: '2026-07-01', share: '0.0001' },
      { from: '2026-07-01', to: null, share: '0.002' },
    ])
    expect(await town.sql.many`select to_day as to from rule where retired_at is not null`).toEqual(
      [{ to: null }],
    )
  })

  it('without an end lasts until the next one', async () => {
    await recordRule(town, rule({ fromDay: day('2026-07-01') }))
    await recordRule(town, rule({ value: perDay('0.002') }))
    expect(await days()).toEqual([
      { from: '2026-01-01', to: '2026-07-01', share: '0.002' },
      { from: '2026-07-01', to: null, share: '0.0001' },
    ])
  })

  it('for some days leaves the one around it before and after', async () => {
    await recordRule(town, rule())
    const [fromDay, toDay] = [day('2026-03-01'), day('2026-04-01')]
    await recordRule(town, rule({ fromDay, toDay, value: perDay('0') }))
    expect(await days()).toEqual([
      { from: '2026-01-01', to: '2026-03-01', share: '0.0001' },
      { from: '2026-03-01', to: '2026-04-01', share: '0' },
      { from: '2026-04-01', to: null, share: '0.0001' },
    ])
  })

  it('from the same day corrects the one before', async () => {
    await recordRule(town, rule())
    await recordRule(town, rule({ toDay: day('2026-04-01'), value: perDay('0') }))
    expect(await days()).toEqual([{ from: '2026-01-01', to: '2026-04-01', share: '0' }])
  })

  it('taken back leaves no hole: the one before it runs on', async () => {
    await recordRule(town, rule())
    const later = { fromDay: day('2026-07-01'), value: perDay('0.002') }
    const recorded = await recordRule(town, rule(later))
    if (!recorded.ok) throw new Error(recorded.code)
    await retireRule(town, recorded.value.ruleId)
    expect(await days()).toEqual([{ from: '2026-01-01', to: null, share: '0.0001' }])
  })

  it('is retired once', async () => {
    const recorded = await recordRule(town, rule())
    if (!recorded.ok) throw new Error(recorded.code)
    expect((await retireRule(town, recorded.value.ruleId)).ok).toBe(true)
    expect(await retireRule(town, recorded.value.ruleId)).toEqual({
      ok: false,
      code: 'rule-not-found',
    })
  })
})

describe('cutting days out of a version', () => {
  const START = day('2026-01-01')
  const span = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.option(fc.integer({ min: 1, max: 60 })))
    .map(([start, length]) => ({
      fromDay: addDays(START, start),
      toDay: length === null ? null : addDays(START, start + length),
    }))
  const isIn = (
    { fromDay, toDay }: { fromDay: PlainDate; toDay: PlainDate | null },
    at: PlainDate,
  ) => fromDay <= at && (toDay === null || at < toDay)

  it('leaves exactly its other days, in pieces that do not meet the taken ones', () => {
    fc.assert(
      fc.property(span, span, fc.integer({ min: 0, max: 150 }), (version, taken, ahead) => {
        const at = addDays(START, ahead)
        const pieces = cutOut(version, taken)
        expect(pieces.some((piece) => overlaps(piece, taken))).toBe(false)
        expect(pieces.filter((piece) => isIn(piece, at))).toHaveLength(
          isIn(version, at) && !isIn(taken, at) ? 1 : 0,
        )
      }),
    )
  })
})
