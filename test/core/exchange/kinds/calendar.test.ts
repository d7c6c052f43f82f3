import { beforeEach, describe, expect, it } from '@jest/globals'
import { testTown } from '../../../support/town.ts'
import { addProvider } from '../../../support/world.ts'
import { csv, faults, refused, take } from '../town-files.ts'

const town = await testTown()
await addProvider(town, { code: '100000001' })
const HEADING = 'Дата;Вихідний;Підстава'

beforeEach(async () => {
  await town.sql.run`delete from import_batch`
  await town.sql.run`delete from calendar_day`
})

const stored = () => town.sql.many`select day, is_off as off, source from calendar_day order by day`

describe('a calendar', () => {
  it.each<[string, string[], string[]]>([
    ['a day there is none of', ['31.02.2026;так;свято'], ['2 date-not-in-calendar']],
    ['neither yes nor no', ['25.12.2026;може;свято'], ['2 answer-unknown']],
    ['no reason', ['25.12.2026;так;'], ['2 text-missing']],
    ['a day both ways', ['25.12.2026;так;свято', '25.12.2026;ні;свято'], ['3 duplicate-day']],
  ])('with %s is refused', async (_name, rows, expected) => {
    expect(faults(await refused(town, 'calendar', csv(HEADING, ...rows)))).toEqual(expected)
    expect(await stored()).toEqual([])
  })

  it('of a sender of its own rows alone is refused: it is the whole town’s', async () => {
    const file = csv(HEADING, '25.12.2026;так;свято')
    const report = await refused(town, 'calendar', file, { provider: '100000001', ownOnly: true })
    expect(faults(report)).toEqual(['2 foreign-provider'])
  })

  it('is known, changes by another file, and is not changed by the same one', async () => {
    const file = csv(HEADING, '25.12.2026;так;Різдво', '26.12.2026;ні;перенесення')
    expect(await take(town, 'calendar', file)).toMatchObject({ new: 2 })
    expect((await take(town, 'calendar', file)).replayed).toBe(true)
    const russian = csv('Дата;Выходной;Основание', '25.12.2026;да;Різдво', '26.12.2026;да;указ')
    expect(await take(town, 'calendar', russian)).toMatchObject({
      new: 0,
      changed: 1,
      unchanged: 1,
    })
    expect(await stored()).toEqual([
      { day: '2026-12-25', off: true, source: 'Різдво' },
      { day: '2026-12-26', off: true, source: 'указ' },
    ])
  })
})
