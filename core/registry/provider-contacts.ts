import { type Context } from '../context.ts'

/** How people reach a provider. */
export type ProviderContact = { id: number; name: string; phone: string }

const PROVIDERS_MAX = 50

/** Providers of the town with their phones, by name. */
export function readProviderContacts(ctx: Context): Promise<ProviderContact[]> {
  return ctx.sql.many<ProviderContact>`
    select id, name, phone from provider order by name limit ${PROVIDERS_MAX}`
}
