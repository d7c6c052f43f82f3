import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { undoBatch } from '../../../../core/exchange/undo-batch.ts'
import { testTown } from '../../../support/town.ts'
import { addAccount, addProvider, addService } from '../../../support/world.ts'
import { csv, faults, refused, take } from '../town-files.ts'

const town = await testTown({ now: '2026-11-06T10:00:00Z' })
const PROVIDER = '100000001'
const HEADING = 'Вид;Ключ;ЄДРПОУ;Код послуги;Особовий рахунок;Діє з;Діє до;Значення;Рішення'
const PENALTY = '"{""perDay"":""0.0001"",""capPercent"":null}"'
const row = (cells: string, value = PENALTY, source = 'Рішення № 1') =>
  `${cells};${value};${source}`

beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER })
  await addService(town, { providerId, code: '11' })
  await addAccount(town, { providerId, number: '101' })
})
beforeEach(async () => {
  await town.sql.run`delete from import_batch`
  await town.sql.run`delete from rule`
  town.clock.advance({ minutes: 1 })
})

const stored = () =>
  town.sql.many`
    select kind, provider_id is not null as provider, service_id is not null as service,
      account_id is not null as account, from_day as from, to_day as to
    from rule where retired_at is null order by id`

describe('a file of rules', () => {
  it.each<[string, string[], string[]]>([
    ['an unknown kind', [row('fine;;;;;01.01.2026;')], ['2 rule-unknown']],
    ['a key the kind has not', [row('penalty;all;;;;01.01.2026;')], ['2 rule-key-unknown']],
    ['no json', [row('penalty;;;;;01.01.2026;', '0.0001')], ['2 rule-value-invalid']],
    ['broken json', [row('penalty;;;;;01.01.2026;', '{perDay}')], ['2 json-unreadable']],
    ['another shape', [row('vat;;;;;01.01.2026;')], ['2 rule-value-invalid']],
    ['no source', [row('penalty;;;;;01.01.2026;', PENALTY, '')], ['2 text-missing']],
    ['no first day', [row('penalty;;;;;;')], ['2 date-missing']],
    [
      'an end before the start',
      [row('penalty;;;;;01.02.2026;31.01.2026')],
      ['2 range-ends-before-start'],
    ],
    ['an unknown provider', [row('penalty;;99999999;;;01.01.2026;')], ['2 unknown-provider']],
    ['an unknown service', [row(`penalty;;${PROVIDER};99;;01.01.2026;`)], ['2 unknown-service']],
    ['an unknown account', [row(`penalty;;${PROVIDER};;7;01.01.2026;`)], ['2 unknown-account']],
    ['an account of nobody', [row('penalty;;;;101;01.01.2026;')], ['2 provider-required']],
    ['a service of nobody', [row('penalty;;;11;;01.01.2026;')], ['2 provider-required']],
    [
      'two that overlap',
      [row('penalty;;;;;01.01.2026;31.03.2026'), row('penalty;;;;;31.03.2026;')],
      ['3 rule-overlaps'],
    ],
    [
      'one twice with other words',
      [row('penalty;;;;;01.01.2026;'), row('penalty;;;;;01.01.2026;', PENALTY, 'інше')],
      ['3 duplicate-rule'],
    ],
  ])('with %s is refused', async (_name, rows, expected) => {
    expect(faults(await refused(town, 'rules', csv(HEADING, ...rows)))).toEqual(expected)
    expect(await stored()).toEqual([])
  })

  const whole = csv(
    HEADING,
    row('penalty;;;;;01.01.2026;'),
    row('penalty;;;;;01.07.2026;31.12.2026'),
    row(`penalty;;${PROVIDER};11;;01.01.2026;`),
    row(`penalty;;${PROVIDER};;101;01.01.2026;30.06.2026`),
  )
  const none = { kind: 'penalty', provider: false, service: false, account: false }

  it('gives each rule its scope and its days', async () => {
    expect(await take(town, 'rules', whole)).toMatchObject({ new: 4, changed: 0 })
    expect(await stored()).toEqual([
      { ...none, from: '2026-01-01', to: '2026-07-01' },
      { ...none, from: '2026-07-01', to: '2027-01-01' },
      { ...none, provider: true, service: true, from: '2026-01-01', to: null },
      { ...none, provider: true, account: true, from: '2026-01-01', to: '2026-07-01' },
    ])
  })

  it('again, and the same facts in another file, change nothing', async () => {
    await take(town, 'rules', whole)
    const before = await stored()
    expect((await take(town, 'rules', whole)).replayed).toBe(true)
    const again = Buffer.concat([whole, Buffer.from('\r\n')])
    expect(await take(town, 'rules', again)).toMatchObject({ new: 0, changed: 0, unchanged: 4 })
    expect(await stored()).toEqual(before)
  })

  it('of a sender without provider in its rows is the sender’s', async () => {
    const file = csv(HEADING, row('penalty;;;;;01.01.2026;'))
    await take(town, 'rules', file, { provider: PROVIDER })
    expect(await stored()).toMatchObject([{ provider: true }])
  })

  it('with another value retires the old one', async () => {
    await take(town, 'rules', csv(HEADING, row('penalty;;;;;01.01.2026;')))
    const value = '"{""perDay"":""0"",""capPercent"":null}"'
    const report = await take(town, 'rules', csv(HEADING, row('penalty;;;;;01.01.2026;', value)))
    expect(report).toMatchObject({ new: 0, changed: 1 })
    expect(
      await town.sql.many`
        select value ->> 'perDay' as share, retired_at is null as live from rule order by id`,
    ).toEqual([
      { share: '0.0001', live: false },
      { share: '0', live: true },
    ])
  })

  it('cannot be undone', async () => {
    const report = await take(town, 'rules', csv(HEADING, row('penalty;;;;;01.01.2026;')))
    const batchId = report.batchId ?? 0
    expect(await undoBatch(town, { batchId, author: 'test', reason: 'no' })).toEqual({
      ok: false,
      code: 'registry-not-undoable',
    })
  })
})
