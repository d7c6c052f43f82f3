import { expect, it } from '@jest/globals'
import { meetPerson, setLanguage, setReachable } from '../../../core/access/person.ts'
import { testTown } from '../../support/town.ts'

const town = await testTown()
const telegram = { channel: 'telegram', externalId: '77', language: 'uk' } as const

it('somebody met again is the same person in the language they chose', async () => {
  const first = await meetPerson(town, telegram)
  expect(first).toMatchObject(telegram)
  await setLanguage(town, first.consumerId, 'be')
  expect(await meetPerson(town, { ...telegram, language: 'en' })).toEqual({
    ...first,
    language: 'be',
  })
})

it('the same id in another messenger is somebody else', async () => {
  const first = await meetPerson(town, telegram)
  const second = await meetPerson(town, { ...telegram, channel: 'viber' })
  expect(second.consumerId).not.toBe(first.consumerId)
})

it('a person who cannot be written to is marked in that messenger only', async () => {
  await meetPerson(town, telegram)
  await meetPerson(town, { ...telegram, channel: 'viber' })
  await setReachable(town, telegram, false)
  const rows = await town.sql.many`
    select channel, reachable from identity where external_id = '77' order by channel`
  expect(rows).toEqual([
    { channel: 'telegram', reachable: false },
    { channel: 'viber', reachable: true },
  ])
})
