import { readProviderContacts } from '../../core/registry/provider-contacts.ts'
import { readLinkedAccounts } from '../../core/access/linked-accounts.ts'
import { type Person } from '../../core/access/person.ts'
import { type Context } from '../../core/context.ts'
import { type Line, say } from '../../core/outbox/message.ts'

/** A line a provider: whom to call. The person's own providers, or all when none is linked. */
export async function contactLines(ctx: Context, person: Person): Promise<Line[]> {
  const linked = await readLinkedAccounts(ctx, person.consumerId)
  const own = new Set(linked.map((account) => account.providerId))
  const providers = await readProviderContacts(ctx)
  return providers
    .filter((provider) => own.size === 0 || own.has(provider.id))
    .map(({ name, phone }) => say('help:contact', { name, phone }))
}
