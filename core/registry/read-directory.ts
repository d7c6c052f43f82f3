import { type Context } from '../context.ts'

export type ServiceEntry = {
  id: number
  providerId: number
  code: string
  /** Place among the eight services of subsidy files, from 1. */
  subsidyPosition: number | null
  /** Code in the form of benefits. */
  benefitCode: string | null
}

/** Providers and services of the town: few, so they are known by heart. */
export type Directory = {
  providerId: (code: string) => number | null
  services: readonly ServiceEntry[]
  /** A provider's service by its code. */
  service: (providerId: number, code: string) => ServiceEntry | null
}

/** Reads the whole directory. */
export async function readDirectory(ctx: Context): Promise<Directory> {
  const providers = await ctx.sql.many<{ id: number; code: string }>`select id, code from provider`
  const services = await ctx.sql.many<ServiceEntry>`
    select id, provider_id as "providerId", code, subsidy_position as "subsidyPosition",
      benefit_code as "benefitCode"
    from service order by provider_id, code`
  const ids = new Map(providers.map(({ id, code }) => [code, id]))
  const byCode = new Map(
    services.map((service) => [`${service.providerId}/${service.code}`, service]),
  )
  return {
    providerId: (code) => ids.get(code) ?? null,
    services,
    service: (providerId, code) => byCode.get(`${providerId}/${code}`) ?? null,
  }
}
