import { type Context } from '../../../core/context.ts'
import { period, type Period, plainDate } from '../../../core/period.ts'
import { rate, wholeQuantity } from '../../../core/quantity.ts'
import { workOnRun } from '../../../core/billing/run/work-on-run.ts'
import { startMonthRun } from '../../../core/billing/run/start-run.ts'
import { checkMonth } from '../../../core/billing/check-month.ts'
import { issueMonths } from '../../../core/billing/issue-months.ts'
import {
  addAccount,
  addAgreement,
  addMeter,
  addProvider,
  addReading,
  addService,
  addTariff,
} from '../../support/world.ts'

export const SEPTEMBER = period(202609)
export const OCTOBER = period(202610)

/** Charges of a service are decided by this rule. */
async function addCharging(
  ctx: Context,
  given: { providerId: number; serviceId: number; value: object },
): Promise<void> {
  const { providerId, serviceId, value } = given
  await ctx.sql.run`
    insert into rule (kind, provider_id, service_id, from_day, value, source, recorded_at)
    values ('charging', ${providerId}, ${serviceId}, '2026-01-01', ${value}, 'test', ${ctx.now()})`
}

/**
 * A provider that charges here from September 2026: water by meter at 30.00 and the yard at 50.00 an
 * account. Account 101 uses 10 m³ in September and 15 in October, 102 uses 4 and 2.
 */
export async function addChargedProvider(ctx: Context, code: string) {
  const providerId = await addProvider(ctx, { code, name: 'Водоканал' })
  await ctx.sql.run`
    update provider set charged_from = ${SEPTEMBER}, iban = 'UA123000010000026001000000101'
    where id = ${providerId}`
  const water = await addService(ctx, { providerId, code: '11', name: 'Водопостачання' })
  const yard = await addService(ctx, { providerId, code: '71', name: 'Прибирання' })
  await ctx.sql.run`
    update service set purpose = 'за ' || name where provider_id = ${providerId}`
  await addTariff(ctx, { serviceId: water, price: rate(3_000_000_000n), norm: wholeQuantity(4) })
  await addTariff(ctx, { serviceId: yard, price: rate(5_000_000_000n) })
  await addCharging(ctx, { providerId, serviceId: water, value: { base: 'meter' } })
  await addCharging(ctx, { providerId, serviceId: yard, value: { base: 'account' } })
  const first = await addHome(ctx, { providerId, water, yard, number: '101', used: [10, 15] })
  const second = await addHome(ctx, { providerId, water, yard, number: '102', used: [4, 2] })
  await knowByNow(ctx)
  return { providerId, code, water, yard, first, second }
}

/** Rows of the builders are recorded by the database's clock; charging looks at the town's. */
async function knowByNow(ctx: Context): Promise<void> {
  await ctx.sql.run`update household set recorded_at = ${ctx.now()}`
  await ctx.sql.run`update tariff set recorded_at = ${ctx.now()}`
}

async function addHome(
  ctx: Context,
  given: { providerId: number; water: number; yard: number; number: string; used: number[] },
) {
  const { number, providerId, used, water, yard } = given
  const accountId = await addAccount(ctx, { providerId, number })
  const agreementId = await addAgreement(ctx, { providerId, accountId, serviceId: water })
  await addAgreement(ctx, { providerId, accountId, serviceId: yard })
  const { registerIds } = await addMeter(ctx, { agreementId })
  const [registerId = 0] = registerIds
  let value = 100
  await addReading(ctx, { registerId, takenOn: '2026-08-31', value: wholeQuantity(value) })
  for (const [index, volume] of used.entries()) {
    value += volume
    const takenOn = plainDate(['2026-09-30', '2026-10-31'][index] ?? '')
    await addReading(ctx, { registerId, takenOn, value: wholeQuantity(value) })
  }
  return { accountId, agreementId }
}

/** An account nobody can charge: its service has no price. */
export async function addUnpriced(ctx: Context, providerId: number): Promise<number> {
  const serviceId = await addService(ctx, { providerId, code: '99', name: 'Опалення' })
  await ctx.sql.run`update service set purpose = 'за опалення' where id = ${serviceId}`
  await addCharging(ctx, { providerId, serviceId, value: { base: 'account' } })
  const accountId = await addAccount(ctx, { providerId, number: '103' })
  await addAgreement(ctx, { providerId, accountId, serviceId })
  await knowByNow(ctx)
  return accountId
}

/** Drafts a month and computes it; gives the run. */
export async function draft(ctx: Context, providerCode: string, month: Period): Promise<number> {
  const started = await startMonthRun(ctx, { providerCode, month, author: 'test' })
  if (!started.ok) throw new Error(started.code)
  await workOnRun(ctx, started.value.runId)
  return started.value.runId
}

/** Takes a month all the way to its issue. */
export async function issue(ctx: Context, providerCode: string, month: Period): Promise<void> {
  await draft(ctx, providerCode, month)
  const author = 'test'
  const checked = await checkMonth(ctx, { providerCode, month, author, leaveOut: false })
  if (!checked.ok || !checked.value.checked) throw new Error(JSON.stringify(checked))
  const issued = await issueMonths(ctx, { providerCode, month })
  if (!issued.ok) throw new Error(issued.code)
}
