import { type Context } from '../context.ts'
import { accountKey } from '../registry/account-number.ts'
import { accept, refuse } from '../result.ts'
import { type Person } from './person.ts'

const OPEN_REQUESTS_MAX = 3

/**
 * Asks staff to link an account for a person with no second fact at hand. Known and unknown
 * numbers are taken alike. Gives the request's number.
 * Refuses: `too-many-requests` with three already open.
 */
export async function requestLink(
  ctx: Context,
  input: { person: Person; number: string; note: string },
) {
  const { consumerId } = input.person
  const { open } = await ctx.sql.one<{ open: number }>`
    select count(*)::int4 as open from link_request
    where consumer_id = ${consumerId} and state = 'open'`
  if (open >= OPEN_REQUESTS_MAX) return refuse('too-many-requests')
  const { id } = await ctx.sql.one<{ id: number }>`
    insert into link_request (consumer_id, number, number_key, note, created_at)
    values (${consumerId}, ${input.number}, ${accountKey(input.number)}, ${input.note},
      ${ctx.now()})
    returning id`
  return accept({ requestId: id })
}

/** An open request as staff see it. */
export type LinkRequest = {
  id: number
  number: string
  note: string
  createdAt: Date
  /** Accounts with this number, to choose from. */
  candidates: { accountId: number; provider: string; number: string }[]
}

/** Open requests, oldest first, at most 100. */
export function readLinkRequests(ctx: Context): Promise<LinkRequest[]> {
  return ctx.sql.many<LinkRequest>`
    select r.id, r.number, r.note, r.created_at as "createdAt",
      coalesce((select jsonb_agg(jsonb_build_object(
          'accountId', a.id, 'provider', p.name, 'number', a.number) order by a.id)
        from account a join provider p on p.id = a.provider_id
        where a.number_key = r.number_key), '[]') as candidates
    from link_request r where r.state = 'open' order by r.id limit 100`
}

/**
 * Staff decide: `accountId` approves and links it, null declines. Gives the consumer to tell.
 * Refuses: `request-not-found` (unknown or decided before); `account-not-found`; `account-not-asked-for`
 * when its number is not the one of the request.
 */
export async function decideLinkRequest(
  ctx: Context,
  input: { requestId: number; accountId: number | null; author: string },
) {
  return ctx.sql.transaction(async (sql) => {
    const request = await sql.maybe<{ consumer_id: number; number_key: string }>`
      select consumer_id, number_key from link_request
      where id = ${input.requestId} and state = 'open' for update`
    if (!request) return refuse('request-not-found')
    if (input.accountId !== null) {
      const account = await sql.maybe<{ number_key: string }>`
        select number_key from account where id = ${input.accountId}`
      if (!account) return refuse('account-not-found')
      // A slip in the id would show a stranger's account.
      if (account.number_key !== request.number_key) return refuse('account-not-asked-for')
      await sql.run`
        insert into link (consumer_id, account_id, role, proof, created_at)
        values (${request.consumer_id}, ${input.accountId}, 'owner', 'staff', ${ctx.now()})
        on conflict (consumer_id, account_id) where ended_at is null do nothing`
    }
    await sql.run`
      update link_request set state = ${input.accountId === null ? 'declined' : 'approved'},
        account_id = ${input.accountId}, decided_at = ${ctx.now()}, decided_by = ${input.author}
      where id = ${input.requestId}`
    return accept({ consumerId: request.consumer_id, accountId: input.accountId })
  })
}
