import { describe, expect, it } from '@jest/globals'
import { workOnRun } from '../../../../core/billing/run/work-on-run.ts'
import { type Period } from '../../../../core/period.ts'
import { dumpRun } from '../../../../scripts/soak/month/dump-month.ts'
import { monthTown, start } from './month-town.ts'

const town = await monthTown(60)

async function draft(month: Period): Promise<string[]> {
  const runId = await start(town, month)
  await workOnRun(town, runId)
  return dumpRun(town, runId)
}

const agreementOf = (line: string) => /"agreement_id":(\d+)/.exec(line)?.[1]

describe('a month drafted again', () => {
  it.each([1, 2, 3, 4, 5])('has the same lines: month %i', async () => {
    const month = await town.next()
    const first = await draft(month)
    expect(first.length).toBeGreaterThan(150)
    town.clock.advance({ hours: 5 })
    expect(await draft(month)).toEqual(first)
  })

  it('has nothing of its run’s number in its lines', async () => {
    const month = await town.next()
    const number = 1_987_654_321
    await town.sql.run`
      select setval(pg_get_serial_sequence('run', 'id'), ${number}, false)`
    const runId = await start(town, month)
    expect(runId).toBe(number)
    await workOnRun(town, runId)
    expect((await dumpRun(town, runId)).join('\n')).not.toContain(String(number))
  })

  it('after a reading came has other lines of that agreement and those that follow it', async () => {
    const month = await town.next()
    const before = await draft(month)
    town.clock.advance({ minutes: 1 })
    const { agreementId, value } = await town.sql.one<{ agreementId: number; value: bigint }>`
      select m.agreement_id as "agreementId", r.value_e8 + 500000000 as value
      from reading r join register d on d.id = r.register_id join meter m on m.id = d.meter_id
      where r.period = ${month} and d.id > 20 order by d.id limit 1`
    await town.sql.run`
      update reading set state = 'superseded', ended_at = ${town.now()}
      where period = ${month} and register_id in (select d.id from register d
        join meter m on m.id = d.meter_id where m.agreement_id = ${agreementId})`
    await town.sql.run`
      insert into reading (register_id, taken_on, value_e8, period, source, state, recorded_at)
      select register_id, taken_on, ${value}, period, 'bot', 'accepted', ${town.now()}
      from reading where period = ${month} and ended_at = ${town.now()}`
    const after = await draft(month)
    const known = new Set(before)
    const changed = after.filter((line) => !known.has(line)).map(agreementOf)
    const sewage = String(agreementId + 1)
    expect(new Set(changed)).toEqual(new Set([String(agreementId), sewage]))
    expect(after).toHaveLength(before.length)
  })
})
