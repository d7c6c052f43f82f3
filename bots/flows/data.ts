import {
  type ChargedService,
  type ChargingData,
  type CurrentPrice,
  readChargingData,
} from '../../core/billing/explain/charging-data.ts'
import {
  amount,
  type Choice,
  day,
  type Line,
  money,
  say,
  words,
} from '../../core/outbox/message.ts'
import { dayIn, type PlainDate } from '../../core/period.ts'
import { readProviderContacts } from '../../core/registry/provider-contacts.ts'
import { ask, finish, type Flow, type FlowState, goTo, leaveToMenu } from '../dialog/flow.ts'
import { categoryName, priceOf } from './charge-words.ts'
import { findOwnAgreement } from './own-agreement.ts'

type State = FlowState & { flow: 'data'; step: 'show'; agreementId: number }

/** The data an account is charged by, and how to have them corrected. */
export const data: Flow<State> = async (ctx, person, state, input) => {
  const { agreementId } = state
  const months: FlowState = { flow: 'balance', step: 'service', agreementId } as FlowState
  if (input.kind === 'choice') return input.value === 'months' ? goTo(months) : finish([])
  if (input.kind !== 'entered') return leaveToMenu(input)
  const own = await findOwnAgreement(ctx, person, agreementId)
  const account = person.accounts.find(({ accountId }) => accountId === own?.accountId)
  const found = account && (await readChargingData(ctx, account.accountId))
  if (!found) return finish([])
  const { address, number, providerId } = account
  const providers = await readProviderContacts(ctx)
  const lines = [
    say('data:title', { number, address }),
    ...dataLines(found, dayIn(ctx.now(), ctx.zone)),
    say('data:correct'),
    ...providers
      .filter(({ id }) => id === providerId)
      .map(({ name, phone }) => say('help:contact', { name, phone })),
  ]
  const choices: Choice[] = [
    { label: say('charge:months'), value: 'months' },
    { label: say('dialog:to-menu'), value: 'menu' },
  ]
  return ask<State>(state, lines, choices)
}

function dataLines(found: ChargingData, today: PlainDate): Line[] {
  const { isFullPrice, services } = found
  return [
    ...householdLines(found.household),
    ...(isFullPrice ? [say('data:full-price')] : []),
    ...services.flatMap((service) => serviceLines(service, today)),
    ...helpLines(found),
  ]
}

function householdLines(household: ChargingData['household']): Line[] {
  if (!household) return []
  const { heatedArea, occupants, since, totalArea } = household
  const persons = since
    ? say('data:persons-since', { persons: occupants, day: day(since) })
    : say('data:persons', { persons: occupants })
  return [
    ...(totalArea === null ? [] : [say('data:area', { area: amount(totalArea) })]),
    ...(heatedArea === null ? [] : [say('data:heated-area', { area: amount(heatedArea) })]),
    persons,
  ]
}

function serviceLines(service: ChargedService, today: PlainDate): Line[] {
  const { basis, meters, norm, serviceName, subscription, takenFrom, unit } = service
  const title =
    takenFrom.length > 0
      ? say('data:service-of', { service: serviceName, others: takenFrom.join(', ') })
      : say('data:service', { service: serviceName, how: words(`data:basis.${basis}`) })
  return [
    title,
    ...service.prices.map((price) => priceLine(price, unit)),
    ...(subscription === null ? [] : [say('data:subscription', { amount: money(subscription) })]),
    ...(norm === null ? [] : [say('data:norm', { norm: amount(norm), unit })]),
    ...meters.map((meter) => meterLine(meter, today)),
  ]
}

function priceLine({ above, part, price, since, zone }: CurrentPrice, unit: string): Line {
  const told = {
    ...{ zone: words(`charge:zone.${zone}`), price: priceOf(price) },
    ...{ unit, day: day(since) },
  }
  if (part === 'fixed') return say('data:fixed', told)
  if (above > 0n) return say('data:price-above', { ...told, above: amount(above) })
  return say('data:price', told)
}

function meterLine(meter: ChargedService['meters'][number], today: PlainDate): Line {
  const { place, serial, verifiedUntil } = meter
  const name = place === '' ? serial : `${serial}, ${place}`
  if (verifiedUntil === null) return say('data:meter', { name })
  const key = verifiedUntil < today ? 'data:meter-expired' : 'data:meter-verified'
  return say(key, { name, day: day(verifiedUntil) })
}

/** Benefits and subsidies. */
function helpLines({ benefits, subsidies }: ChargingData): Line[] {
  if (benefits.length === 0 && subsidies.length === 0) return [say('data:no-help')]
  return [
    ...benefits.flatMap((benefit) => benefitLines(benefit)),
    ...subsidies.map(({ since, until }) =>
      say('data:subsidy', { since: day(since), until: day(until) }),
    ),
  ]
}

function benefitLines(benefit: ChargingData['benefits'][number]): Line[] {
  const { category, percent, persons, until } = benefit
  const told = { category: categoryName(category) }
  const title =
    percent === null
      ? say('data:benefit', told)
      : say('data:benefit-percent', { ...told, percent: amount(percent) })
  return [
    title,
    ...(persons === null ? [] : [say('data:benefit-persons', { persons })]),
    ...(until === null ? [] : [say('data:benefit-until', { day: day(until) })]),
  ]
}
