import { afterAll, expect, it } from '@jest/globals'
import { readProfile } from '../../core/tariffs/load-profile.ts'
import { contextOf } from '../../core/town.ts'
import { backend, silent } from '../support/backends.ts'

const database = await backend.open()
afterAll(database.discard)
const SETTINGS = { name: 'Лориэн', country: 'by', currency: 'BYN', zone: 'Europe/Minsk' } as const

it('a town is what its first start says, with the rules of its country', async () => {
  const town = await contextOf(database, SETTINGS, silent)
  expect(town).toMatchObject({ country: 'by', currency: 'BYN', zone: 'Europe/Minsk' })
  const again = await contextOf(database, { ...SETTINGS, country: 'ua' }, silent)
  expect(again.country).toBe('by')
  const { rules } = await town.sql.one<{ rules: number }>`
    select count(*)::int4 as rules from rule`
  expect(rules).toBe((await readProfile('by')).length)
})
