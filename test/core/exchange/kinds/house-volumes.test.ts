import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { testTown } from '../../../support/town.ts'
import { addHouse, addProvider, addService } from '../../../support/world.ts'
import { csv, faults, refused, take } from '../town-files.ts'

const town = await testTown({ now: '2026-11-06T10:00:00Z' })
const PROVIDER = '100000001'
const HEADING = "Тип вулиці;Вулиця;Будинок;ЄДРПОУ;Код послуги;Період;Об'єм;Площа"

beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER })
  await addService(town, { providerId, code: '21' })
  await addHouse(town, { street: 'Нова', number: '1' })
})
beforeEach(async () => {
  await town.sql.run`delete from import_batch`
  await town.sql.run`delete from house_volume`
  town.clock.advance({ minutes: 1 })
})

const stored = () =>
  town.sql.many`
    select period, volume_e8 as volume, area_e8 as area, retired_at as retired
    from house_volume order by id`

describe('a file of house volumes', () => {
  const row = (rest: string) => `вул.;Нова;1;${PROVIDER};${rest}`
  it.each<[string, string[], string[]]>([
    ['an unknown house', [`вул.;Нова;2;${PROVIDER};21;10.2026;1;1`], ['2 unknown-house']],
    ['an unknown kind of street', [`пл.;Нова;1;${PROVIDER};21;10.2026;1;1`], ['2 unknown-house']],
    ['an unknown service', [row('99;10.2026;1;1')], ['2 unknown-service']],
    ['an unknown provider', ['вул.;Нова;1;99999999;21;10.2026;1;1'], ['2 unknown-provider']],
    ['a month that has not come', [row('21;12.2026;1;1')], ['2 period-in-future']],
    ['a volume below zero', [row('21;10.2026;-1;1')], ['2 volume-negative']],
    ['no area', [row('21;10.2026;1;0')], ['2 area-not-positive']],
    ['a month twice', [row('21;10.2026;1;1'), row('21;10.2026;2;1')], ['3 duplicate-volume']],
  ])('with %s is refused', async (_name, rows, expected) => {
    expect(faults(await refused(town, 'house-volumes', csv(HEADING, ...rows)))).toEqual(expected)
    expect(await stored()).toEqual([])
  })

  it('is taken once; another value retires the old one', async () => {
    const file = csv(HEADING, row('21;10.2026;52,5;2500'))
    expect(await take(town, 'house-volumes', file)).toMatchObject({ new: 1 })
    expect((await take(town, 'house-volumes', file)).replayed).toBe(true)
    town.clock.advance({ days: 1 })
    const other = csv(HEADING, row('21;10.2026;52,5;2400'))
    expect(await take(town, 'house-volumes', other)).toMatchObject({ changed: 1 })
    const volume = 5_250_000_000n
    expect(await stored()).toEqual([
      { period: 202610, volume, area: 250_000_000_000n, retired: town.now() },
      { period: 202610, volume, area: 240_000_000_000n, retired: null },
    ])
  })
})
