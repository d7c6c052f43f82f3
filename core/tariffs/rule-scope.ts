import { type Context } from '../context.ts'
import { type RuleKind } from './rule-kinds.ts'

/** Where a rule counts, as people name it; nothing named is the whole town. */
export type NamedScope = {
  /** ЄДРПОУ or УНП of the provider. */
  provider?: string | undefined
  /** Code of a service of that provider, or of the account's. */
  service?: string | undefined
  houseId?: number | undefined
  accountId?: number | undefined
}

/** Where a rule counts, by ids; null: everywhere. */
export type RuleScope = {
  providerId: number | null
  serviceId: number | null
  houseId: number | null
  accountId: number | null
}

/** A scope that exists, and the code of the provider it belongs to; '' for the whole town or a house. */
export type FoundScope = { ids: RuleScope; owner: string }

type Provider = { id: number; code: string }

/**
 * The ids of a scope, or null when something in it is unknown or not the provider's. The rule of an
 * account is always its provider's, and not also one of a house.
 */
export async function findScope(ctx: Context, scope: NamedScope): Promise<FoundScope | null> {
  const { accountId = null, houseId = null, provider = null, service = null } = scope
  if (accountId !== null && houseId !== null) return null
  const owner = await findProvider(ctx, accountId, provider)
  if (!owner && (accountId !== null || provider !== null)) return null
  if (owner && provider !== null && owner.code !== provider) return null
  const providerId = owner?.id ?? null
  const found = await ctx.sql.one<{ serviceId: number | null; house: boolean }>`
    select (select id from service where provider_id = ${providerId} and code = ${service})
        as "serviceId",
      exists (select 1 from house where id = ${houseId}) as house`
  if (service !== null && found.serviceId === null) return null
  if (houseId !== null && !found.house) return null
  const ids = { providerId, serviceId: found.serviceId, houseId, accountId }
  return { ids, owner: owner?.code ?? '' }
}

function findProvider(
  ctx: Context,
  accountId: number | null,
  code: string | null,
): Promise<Provider | null> {
  return accountId === null
    ? ctx.sql.maybe<Provider>`select id, code from provider where code = ${code}`
    : ctx.sql.maybe<Provider>`
        select p.id, p.code from account a join provider p on p.id = a.provider_id
        where a.id = ${accountId}`
}

/** What a version is one of: the same name twice on one day would contradict. */
export function ruleName(rule: RuleScope & { kind: string; key: string }): string {
  const { accountId, houseId, key, kind, providerId, serviceId } = rule
  return [kind, key, providerId, serviceId, houseId, accountId].join('/')
}

const ZONES = new Set(['1', '2', '3', '4'])
const KEY = /^[\p{L}\d][\p{L}\d._-]{0,39}$/u
/** Kinds of which there are several side by side. */
const KEYED: ReadonlySet<RuleKind> = new Set<RuleKind>(['benefit', 'quality'])

/** Whether a kind has rules of this key: categories, defects and zones have names, the others none. */
export function isKeyOf(kind: RuleKind, key: string): boolean {
  if (kind === 'zone-coefficient') return ZONES.has(key)
  if (KEYED.has(kind)) return KEY.test(key)
  return key === '' || (kind === 'reading-window' && KEY.test(key))
}
