import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type PlainDate } from '../../period.ts'
import { accept, refuse } from '../../result.ts'
import { type OccupantStatus } from './occupant-status.ts'

/** More people at one account are a slip of a program. */
const OCCUPANTS_MAX = 100

/** A person of an account, known by status alone. */
export type Occupant = {
  id: number
  status: OccupantStatus
  fromDay: PlainDate
  /** First day it is no longer so. */
  toDay: PlainDate | null
  source: string
}

/**
 * Records that a person of a status is registered at an account from a day. A person whose status changes
 * is ended and recorded anew. Persons have no names, so the same call again is another person.
 *
 * Gives the occupant's id.
 * Refuses: `account-not-found`; `days-out-of-order` when it would end before it begins;
 * `too-many-occupants`.
 */
export function recordOccupant(
  ctx: Context,
  input: {
    accountId: number
    status: OccupantStatus
    fromDay: PlainDate
    toDay?: PlainDate | null
    source: string
  },
) {
  const { accountId, fromDay, source, status, toDay = null } = input
  return transaction(ctx, async (tx) => {
    const account = await tx.sql.maybe`
      select 1 from account where id = ${accountId} for no key update`
    if (!account) return refuse('account-not-found')
    if (toDay !== null && toDay <= fromDay) return refuse('days-out-of-order')
    const { known } = await tx.sql.one<{ known: number }>`
      select count(*)::int4 as known from occupant
      where account_id = ${accountId} and retired_at is null and to_day is null`
    if (known >= OCCUPANTS_MAX) return refuse('too-many-occupants')
    return accept({ occupantId: await insert(tx, { accountId, fromDay, source, status, toDay }) })
  })
}

/**
 * Ends a person's registration or status; `toDay` is the first day it is no longer so. The first day of
 * the record itself means that it was recorded by mistake.
 *
 * Gives the id of the version that replaces it, null after a mistake.
 * Refuses: `occupant-not-found` (unknown, or replaced before); `days-out-of-order` when it would end
 * before it began.
 */
export function endOccupant(
  ctx: Context,
  input: { occupantId: number; toDay: PlainDate; source: string },
) {
  const { occupantId, source, toDay } = input
  return transaction(ctx, async (tx) => {
    const known = await tx.sql.maybe<Occupant & { accountId: number }>`
      select id, account_id as "accountId", status, from_day as "fromDay" from occupant
      where id = ${occupantId} and retired_at is null for update`
    if (!known) return refuse('occupant-not-found')
    const { accountId, fromDay, status } = known
    if (toDay < fromDay) return refuse('days-out-of-order')
    await tx.sql.run`update occupant set retired_at = ${tx.now()} where id = ${occupantId}`
    if (toDay === fromDay) return accept({ occupantId: null })
    return accept({ occupantId: await insert(tx, { accountId, fromDay, source, status, toDay }) })
  })
}

/** People of an account as now known, ended ones too, by day; at most 500. */
export function readOccupants(ctx: Context, accountId: number): Promise<Occupant[]> {
  return ctx.sql.many<Occupant>`
    select id, status, from_day as "fromDay", to_day as "toDay", source from occupant
    where account_id = ${accountId} and retired_at is null
    order by from_day, id limit 500`
}

/** Code of the provider at whose account a person is recorded, or null. */
export async function findOccupantProvider(
  ctx: Context,
  occupantId: number,
): Promise<string | null> {
  const row = await ctx.sql.maybe<{ code: string }>`
    select p.code from occupant o
    join account a on a.id = o.account_id
    join provider p on p.id = a.provider_id
    where o.id = ${occupantId}`
  return row?.code ?? null
}

async function insert(
  ctx: Context,
  row: {
    accountId: number
    status: string
    fromDay: PlainDate
    toDay: PlainDate | null
    source: string
  },
): Promise<number> {
  const { accountId, fromDay, source, status, toDay } = row
  const { id } = await ctx.sql.one<{ id: number }>`
    insert into occupant (account_id, status, from_day, to_day, source, recorded_at)
    values (${accountId}, ${status}, ${fromDay}, ${toDay}, ${source}, ${ctx.now()})
    returning id`
  return id
}
