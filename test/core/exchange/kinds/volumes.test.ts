import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { testTown } from '../../../support/town.ts'
import { addAccount, addAgreement, addProvider, addService } from '../../../support/world.ts'
import { csv, faults, refused, take } from '../town-files.ts'

const town = await testTown({ now: '2026-11-06T10:00:00Z' })
const PROVIDER = '100000001'
const HEADING = "ЄДРПОУ;Особовий рахунок;Код послуги;Період;Об'єм;Джерело"

beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER })
  const serviceId = await addService(town, { providerId, code: '21' })
  await addService(town, { providerId, code: '22' })
  const accountId = await addAccount(town, { providerId, number: '101' })
  await addAgreement(town, { providerId, accountId, serviceId })
})
beforeEach(async () => {
  await town.sql.run`delete from import_batch`
  await town.sql.run`delete from imported_volume`
  town.clock.advance({ minutes: 1 })
})

const stored = () =>
  town.sql.many`
    select period, volume_e8 as volume, source, retired_at as retired from imported_volume order by id`

describe('a file of volumes', () => {
  const row = (rest: string) => `${PROVIDER};101;${rest}`
  it.each<[string, string[], string[]]>([
    ['an unknown account', [`${PROVIDER};7;21;10.2026;1;`], ['2 unknown-account']],
    ['an unknown provider', ['99999999;101;21;10.2026;1;'], ['2 unknown-provider']],
    ['an unknown service', [row('99;10.2026;1;')], ['2 unknown-service']],
    ['a service the account has not', [row('22;10.2026;1;')], ['2 service-not-agreed']],
    ['a month that has not come', [row('21;12.2026;1;')], ['2 period-in-future']],
    ['no volume', [row('21;10.2026;;')], ['2 quantity-missing']],
    ['a volume below zero', [row('21;10.2026;-1;')], ['2 volume-negative']],
    ['a month twice', [row('21;10.2026;1;'), row('21;10.2026;2;')], ['3 duplicate-volume']],
  ])('with %s is refused', async (_name, rows, expected) => {
    expect(faults(await refused(town, 'volumes', csv(HEADING, ...rows)))).toEqual(expected)
    expect(await stored()).toEqual([])
  })

  it('is taken once; another value retires the old one', async () => {
    const file = csv(HEADING, row('21;09.2026;0,5;акт 1'), row('21;10.2026;1,01220000;акт 2'))
    expect(await take(town, 'volumes', file)).toMatchObject({ new: 2 })
    expect((await take(town, 'volumes', file)).replayed).toBe(true)
    town.clock.advance({ days: 1 })
    const other = csv(HEADING, row('21;09.2026;0.5;акт 1'), row('21;10.2026;1,2;акт 3'))
    expect(await take(town, 'volumes', other)).toMatchObject({ changed: 1, unchanged: 1 })
    expect(await stored()).toEqual([
      { period: 202609, volume: 50_000_000n, source: 'акт 1', retired: null },
      { period: 202610, volume: 101_220_000n, source: 'акт 2', retired: town.now() },
      { period: 202610, volume: 120_000_000n, source: 'акт 3', retired: null },
    ])
  })
})
