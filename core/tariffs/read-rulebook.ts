import { type Context } from '../context.ts'
import { isRuleKind } from './rule-kinds.ts'
import { Rulebook, type RuleVersion, type TariffVersion } from './rulebook.ts'

/** Versions to be taken instead of the real ones: what if. */
export type Supposition = { tariffs: readonly TariffVersion[]; rules: readonly RuleVersion[] }

/**
 * The prices and rules that concern a provider as they were known at an instant. A supposed version
 * takes the place of the real ones of the same price, or rule and scope, from its day on.
 */
export async function readRulebook(
  ctx: Context,
  input: { providerId: number; asOf: Date; suppose?: Supposition },
): Promise<Rulebook> {
  const { asOf, providerId, suppose } = input
  const tariffs = await ctx.sql.many<TariffVersion>`
    select t.id, t.service_id as "serviceId", t.zone, t.part, t.plan, t.above_e8 as "aboveE8",
      t.from_day as "fromDay", t.to_day as "toDay", t.price_e8 as "priceE8", t.subscription,
      t.norm_e8 as "normE8"
    from tariff t join service s on s.id = t.service_id
    where s.provider_id = ${providerId} and t.recorded_at <= ${asOf}
      and (t.retired_at is null or t.retired_at > ${asOf})
    order by t.id`
  const rules = await ctx.sql.many<RuleVersion>`
    select id, kind, key, provider_id as "providerId", service_id as "serviceId",
      house_id as "houseId", account_id as "accountId", from_day as "fromDay", to_day as "toDay",
      value
    from rule
    where (provider_id is null or provider_id = ${providerId}) and recorded_at <= ${asOf}
      and (retired_at is null or retired_at > ${asOf})
    order by id`
  const known = rules.filter((rule) => isRuleKind(rule.kind))
  if (!suppose) return new Rulebook(tariffs, known)
  return new Rulebook(
    [...instead(tariffs, suppose.tariffs, priceName), ...suppose.tariffs],
    [...instead(known, suppose.rules, ruleName), ...suppose.rules],
  )
}

function instead<V extends TariffVersion | RuleVersion>(
  real: readonly V[],
  supposed: readonly V[],
  name: (version: V) => string,
): V[] {
  return real.flatMap((version) => {
    const rival = supposed.find((one) => name(one) === name(version))
    if (!rival) return [version]
    if (version.fromDay >= rival.fromDay) return []
    const ends = version.toDay === null || version.toDay > rival.fromDay
    return [ends ? { ...version, toDay: rival.fromDay } : version]
  })
}

function priceName({ aboveE8, part, plan, serviceId, zone }: TariffVersion): string {
  return [serviceId, zone, part, plan, aboveE8].join('/')
}

function ruleName({ accountId, houseId, key, kind, providerId, serviceId }: RuleVersion): string {
  return [kind, key, providerId, serviceId, houseId, accountId].join('/')
}
