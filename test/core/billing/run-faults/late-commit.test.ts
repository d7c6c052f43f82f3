import { describe, expect, it } from '@jest/globals'
import { KINDS } from '../../../../core/ledger/entry-kind.ts'
import { firstDay, type Period } from '../../../../core/period.ts'
import { serverUrl } from '../../../support/backends.ts'
import { draftAndCheck, issue, monthTown } from './month-town.ts'

// The embedded database has one session: nothing is under way while a month is drafted.
const onServer = serverUrl ? describe : describe.skip

const town = await monthTown(60)

const recalculated = (agreementId: number, month: Period) => town.sql.many`
  select l.about_period, l.reason from run_line l
  join billing_period b on b.run_id = l.run_id and b.period = ${month}
  where l.agreement_id = ${agreementId} and l.kind = ${KINDS.recalculation.code}`

type Facts = { month: Period; at: Date; agreementId: number }

onServer('what was recorded before a month was drafted and committed after it was issued', () => {
  it.each([
    [
      'a reading, which takes the estimate’s place',
      'late-reading',
      ({ agreementId, at, month }: Facts) => `
        insert into reading (register_id, taken_on, value_e8, period, source, state, recorded_at)
        select d.id, '${firstDay(month)}'::date + 25, 10100000000, ${month}, 'import', 'accepted',
          '${at.toISOString()}'
        from register d join meter m on m.id = d.meter_id where m.agreement_id = ${agreementId}`,
    ],
    [
      'a household',
      'household',
      ({ agreementId, at, month }: Facts) => `
        insert into household (account_id, from_day, occupants, total_area_e8, recorded_at)
        select account_id, '${firstDay(month)}', 9, 99900000000, '${at.toISOString()}'
        from agreement where id = ${agreementId} + 2`,
    ],
  ])('is charged by the next month: %s', async (_what, reason, insert) => {
    const month = await town.next()
    // An agreement without a reading of the month.
    const { agreementId } = await town.sql.one<{ agreementId: number }>`
      select m.agreement_id as "agreementId" from meter m join register d on d.meter_id = m.id
      where not exists (select 1 from reading r where r.register_id = d.id and r.period = ${month})
      order by d.id offset 2 limit 1`
    let commit = () => {}
    const held = new Promise<void>((resolve) => (commit = resolve))
    let written = () => {}
    const isWritten = new Promise<void>((resolve) => (written = resolve))
    const recording = town.sql.transaction(async (sql) => {
      await sql.unsafe(insert({ month, at: town.now(), agreementId }))
      written()
      await held
    })
    await isWritten
    town.clock.advance({ minutes: 1 })
    await draftAndCheck(town, month)
    expect(await issue(town, month)).toMatchObject({ ok: true })
    commit()
    await recording
    const next = await town.next()
    await draftAndCheck(town, next)
    const charged = reason === 'household' ? agreementId + 2 : agreementId
    const lines = await recalculated(charged, next)
    expect(lines).toContainEqual({ about_period: month, reason: expect.stringContaining(reason) })
  })
})
