import { readProviderContacts } from '../../core/registry/provider-contacts.ts'
import { type Context } from '../../core/context.ts'
import { type Line, say } from '../../core/outbox/message.ts'
import { type Visitor } from '../dialog/visitor.ts'

/** The offer of a human: the phones of the person's providers under a line that says so. */
export async function humanLines(ctx: Context, person: Visitor): Promise<Line[]> {
  return [say('help:human'), ...(await contactLines(ctx, person))]
}

/** A line a provider: whom to call. The person's own providers, or all when none is linked. */
export async function contactLines(ctx: Context, person: Visitor): Promise<Line[]> {
  const linked = person.accounts
  const own = new Set(linked.map((account) => account.providerId))
  const providers = await readProviderContacts(ctx)
  return providers
    .filter((provider) => own.size === 0 || own.has(provider.id))
    .map(({ name, phone }) => say('help:contact', { name, phone }))
}
