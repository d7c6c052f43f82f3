import { type Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { addDays, type PlainDate } from '../period.ts'
import { accept, refuse } from '../result.ts'

/** Parts in the town's settlement. */
export const PARTICIPANT_ROLES = ['authorised', 'provider', 'customer', 'energy-supplier'] as const
export type ParticipantRole = (typeof PARTICIPANT_ROLES)[number]

/** A participant's part: from its accession until before `toDay`. */
export type Participation = {
  id: number
  /** Code of the organisation. */
  provider: string
  role: ParticipantRole
  fromDay: PlainDate
  /** The day notice of termination was given. */
  noticeOn: PlainDate | null
  toDay: PlainDate | null
  document: string
}

/**
 * Records an organisation's accession to the settlement in a role. Several roles may run side by side,
 * the same one only once at a time.
 *
 * Gives the participation's id.
 * Refuses: `provider-not-found`; `role-overlaps` when it has the role on that day or later.
 */
export function joinSettlement(
  ctx: Context,
  input: {
    providerCode: string
    role: ParticipantRole
    fromDay: PlainDate
    document: string
    author: string
  },
) {
  return transaction(ctx, async (tx) => {
    const { author, document, fromDay, role } = input
    // Held so that two cannot join at once.
    const provider = await tx.sql.maybe<{ id: number }>`
      select id from provider where code = ${input.providerCode} for update`
    if (!provider) return refuse('provider-not-found')
    const other = await tx.sql.maybe`
      select 1 from provider_role where provider_id = ${provider.id} and role = ${role}
        and (to_day is null or to_day > ${fromDay}) limit 1`
    if (other) return refuse('role-overlaps')
    const { id } = await tx.sql.one<{ id: number }>`
      insert into provider_role (provider_id, role, from_day, document, author)
      values (${provider.id}, ${role}, ${fromDay}, ${document}, ${author}) returning id`
    return accept({ participationId: id })
  })
}

/**
 * Records a participant's notice of termination: its part ends `noticeDays` days later.
 *
 * Gives the first day it no longer takes part.
 * Refuses: `participation-not-found`; `notice-given` before; `notice-before-accession`.
 */
export function giveNotice(
  ctx: Context,
  input: { participationId: number; noticeOn: PlainDate; noticeDays: number },
) {
  return transaction(ctx, async (tx) => {
    const { noticeDays, noticeOn, participationId } = input
    const part = await tx.sql.maybe<{ fromDay: PlainDate; noticeOn: PlainDate | null }>`
      select from_day as "fromDay", notice_on as "noticeOn" from provider_role
      where id = ${participationId} for update`
    if (!part) return refuse('participation-not-found')
    if (part.noticeOn !== null) return refuse('notice-given')
    if (noticeOn < part.fromDay) return refuse('notice-before-accession')
    const toDay = addDays(noticeOn, noticeDays)
    await tx.sql.run`
      update provider_role set notice_on = ${noticeOn}, to_day = ${toDay}
      where id = ${participationId}`
    return accept({ toDay })
  })
}

/** Who takes or took part, by organisation and day; with `on` only those of that day. */
export function readParticipants(
  ctx: Context,
  { on, providers }: { on?: PlainDate; providers?: readonly string[] },
): Promise<Participation[]> {
  return ctx.sql.many<Participation>`
    select r.id, p.code as provider, r.role, r.from_day as "fromDay", r.notice_on as "noticeOn",
      r.to_day as "toDay", r.document
    from provider_role r join provider p on p.id = r.provider_id
    where (${on ?? null}::date is null or (r.from_day <= ${on ?? null}::date
        and (r.to_day is null or r.to_day > ${on ?? null}::date)))
      and (${providers === undefined}::bool or p.code = any(${providers ?? []}::text[]))
    order by p.code, r.from_day, r.id`
}
