import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type PlainDate } from '../../period.ts'
import { type Quantity } from '../../quantity.ts'
import { storeAccountCards } from '../../registry/account-card.ts'
import { accountKey } from '../../registry/account-number.ts'
import { accept, refuse } from '../../result.ts'
import { writeAccountEvent } from './account-event.ts'

/** A new account. Areas in 10⁻⁸ m²; services by the provider's codes. */
type Input = {
  providerCode: string
  number: string
  address: { streetType: string; street: string; house: string; flat: string }
  holderName: string
  phone?: string
  email?: string
  occupants: number
  totalArea?: Quantity
  heatedArea?: Quantity
  services: readonly string[]
  /** First day its services are delivered. */
  from: PlainDate
  reason: string
  author: string
}

/**
 * Opens an account with its premise, household and agreements, which run from the day `from`.
 *
 * Gives the account's id.
 * Refuses: `provider-not-found`; `account-number-empty`; `account-exists` when the provider has the
 * number, closed accounts included; `service-not-found` with the first `service` the provider does not
 * deliver; `household-wrong` for fewer than 0 people, or more heated than total area.
 */
export function openAccount(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { author, from, number, reason } = input
    // Held so that two cannot open one number.
    const provider = await tx.sql.maybe<{ id: number }>`
      select id from provider where code = ${input.providerCode} for update`
    if (!provider) return refuse('provider-not-found')
    const key = accountKey(number)
    if (key === '') return refuse('account-number-empty')
    const known = await tx.sql.maybe`
      select 1 from account where provider_id = ${provider.id} and number_key = ${key}`
    if (known) return refuse('account-exists')
    const services = await findServices(tx, provider.id, input.services)
    const missing = input.services.find((code) => !services.has(code))
    if (missing !== undefined) return refuse('service-not-found', { service: missing })
    const { heatedArea = null, occupants, totalArea = null } = input
    if (!isHousehold({ occupants, totalArea, heatedArea })) return refuse('household-wrong')
    await storeAccountCards(tx, [cardOf(input, provider.id, key, [...services.values()])])
    const { id: accountId } = await tx.sql.one<{ id: number }>`
      update account set opened_on = ${from}
      where provider_id = ${provider.id} and number_key = ${key} returning id`
    await tx.sql.run`update agreement set from_day = ${from} where account_id = ${accountId}`
    const event = { accountId, kind: 'opened', day: from, reason, author } as const
    await writeAccountEvent(tx, { ...event, details: { services: [...services.keys()] } })
    return accept({ accountId })
  })
}

/** Whether people and areas (10⁻⁸ m², null when not known) can be true of a household. */
export function isHousehold(household: {
  occupants: number
  totalArea: bigint | null
  heatedArea: bigint | null
}): boolean {
  const { heatedArea, occupants, totalArea } = household
  if (occupants < 0 || (totalArea ?? 0n) < 0n || (heatedArea ?? 0n) < 0n) return false
  return heatedArea === null || totalArea === null || heatedArea <= totalArea
}

function cardOf(input: Input, providerId: number, key: string, services: readonly number[]) {
  const { address, email = null, holderName, number, occupants, phone = null } = input
  return {
    ...{ providerId, key, number, ...address, holderName, phone, email, occupants },
    totalAreaE8: input.totalArea ?? null,
    heatedAreaE8: input.heatedArea ?? null,
    benefitPercent: null,
    eic: null,
    contractDate: input.from,
    assertedBalance: null,
    assertedOn: null,
    services,
  }
}

async function findServices(ctx: Context, providerId: number, codes: readonly string[]) {
  const rows = await ctx.sql.many<{ id: number; code: string }>`
    select id, code from service
    where provider_id = ${providerId} and code = any(${codes}::text[]) order by code`
  return new Map(rows.map(({ code, id }) => [code, id]))
}
