import { expect, it } from '@jest/globals'
import { describe } from '@jest/globals'
import { checkMonth } from '../../../../core/billing/check-month.ts'
import { startMonthRun } from '../../../../core/billing/run/start-run.ts'
import { verify } from '../../../../core/ledger/verify.ts'
import { SOURCES } from '../../../../core/ledger/entry.ts'
import { addMonths, type Period } from '../../../../core/period.ts'
import { look } from '../../../../scripts/soak/month/month-steps.ts'
import { serverUrl } from '../../../support/backends.ts'
import { importContent } from '../../../support/calculated-town.ts'
import { holdTable, untilWaiting } from './hold-table.ts'
import { draftAndCheck, issue, monthTown, of } from './month-town.ts'

// The embedded database has one session: nobody comes in the middle.
const onServer = serverUrl ? describe : describe.skip

const town = await monthTown()
const issued = (month: Period) => ({ ok: true, value: { months: [month] } })
const postedLines = (runId: number) =>
  town.sql.one<{ count: number }>`
    select count(*)::int4 as count from run_line
    where run_id = ${runId} and posted and amount <> 0`
const faults = async () => {
  const found = []
  for await (const fault of verify(town)) found.push(fault)
  return found
}
const pay = (day: string, key: string) =>
  importContent(
    town,
    'payments',
    Buffer.from(
      `ЄДРПОУ;Особовий рахунок;Код послуги;Дата оплати;Сума;Код операції\r\n` +
        `${of(0 as Period).providerCode};5;11;${day};12,34;${key}\r\n`,
    ),
  )
const paymentsOf = () => town.sql.many<{ key: string; period: Period; amount: bigint }>`
  select p.external_id as key, e.period, e.amount from payment p
  join entry e on e.source_kind = ${SOURCES.payment}::int2 and e.source_id = p.id order by p.id`
const dayOf = (month: Period) => `15.${String(month).slice(4)}.${String(month).slice(0, 4)}`

onServer('a month that is being issued', () => {
  it('by two at the same moment is issued once, with every line once', async () => {
    const month = await town.next()
    const runId = await draftAndCheck(town, month)
    const release = await holdTable(town, 'statement')
    const issuing = [issue(town, month), issue(town, month)]
    await untilWaiting(town, 2)
    await release()
    const answers = await Promise.all(issuing)
    expect(answers.filter((one) => one.ok && one.value.months.length === 1)).toHaveLength(1)
    expect(answers.filter((one) => one.ok && one.value.months.length === 0)).toHaveLength(1)
    const { count } = await postedLines(runId)
    expect(await look(town, month)).toMatchObject({ issued: true, entries: count })
    expect(await faults()).toEqual([])
  })

  it('is seen not at all until it is seen whole', async () => {
    const month = await town.next()
    await draftAndCheck(town, month)
    const before = await look(town, month)
    const release = await holdTable(town, 'statement')
    const issuing = issue(town, month)
    await untilWaiting(town, 1)
    const { count } = await town.sql.one<{ count: number }>`
      select count(*)::int4 as count from entry
      where period = ${month} and source_kind = ${SOURCES.run}::int2`
    expect(count).toBe(0)
    await release()
    const seen = [before]
    let isOver = false
    void issuing.finally(() => (isOver = true))
    while (!isOver) seen.push(await look(town, month))
    expect(await issuing).toEqual(issued(month))
    const whole = await look(town, month)
    const halves = seen.filter(({ entries }) => entries !== 0 && entries !== whole.entries)
    expect(halves).toEqual([])
  })

  it('leaves a payment that comes meanwhile to the next month', async () => {
    const month = await town.next()
    await draftAndCheck(town, month)
    const release = await holdTable(town, 'statement')
    const issuing = issue(town, month)
    await untilWaiting(town, 1)
    const paying = pay(dayOf(month), 'late')
    await untilWaiting(town, 2)
    await release()
    expect(await issuing).toEqual(issued(month))
    await paying
    const next = addMonths(month, 1)
    expect(await paymentsOf()).toEqual([{ key: 'late', period: next, amount: 1234n }])
    expect(await faults()).toEqual([])
  })

  it('has the payment that came before it and was not yet booked', async () => {
    const month = await town.next()
    await draftAndCheck(town, month)
    const release = await holdTable(town, 'statement')
    const paying = pay(dayOf(month), 'early')
    await untilWaiting(town, 1)
    const issuing = issue(town, month)
    await untilWaiting(town, 2)
    await release()
    await paying
    expect(await issuing).toEqual(issued(month))
    expect(await paymentsOf()).toContainEqual({ key: 'early', period: month, amount: 1234n })
    expect(await faults()).toEqual([])
  })

  it('is not drafted or checked again', async () => {
    const month = await town.next()
    await draftAndCheck(town, month)
    const release = await holdTable(town, 'statement')
    const issuing = issue(town, month)
    await untilWaiting(town, 1)
    const drafting = startMonthRun(town, of(month))
    const checking = checkMonth(town, { ...of(month), leaveOut: true })
    await untilWaiting(town, 3)
    await release()
    expect(await issuing).toEqual(issued(month))
    expect(await drafting).toEqual({ ok: false, code: 'month-issued' })
    expect(await checking).toEqual({ ok: false, code: 'month-issued' })
  })

  it('is not issued with the lines of a draft that was begun before it', async () => {
    const month = await town.next()
    await draftAndCheck(town, month)
    const release = await holdTable(town, 'household')
    const drafting = startMonthRun(town, of(month))
    await untilWaiting(town, 1)
    const issuing = issue(town, month)
    await untilWaiting(town, 2)
    await release()
    expect(await drafting).toMatchObject({ ok: true })
    expect(await issuing).toEqual({ ok: false, code: 'month-not-checked', next: month })
    expect(await look(town, month)).toMatchObject({ issued: false, entries: 0 })
  })
})
