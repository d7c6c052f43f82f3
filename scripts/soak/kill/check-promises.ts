import { isDeepStrictEqual } from 'node:util'
import { type Context } from '../../../core/context.ts'
import { verify } from '../../../core/ledger/verify.ts'
import { wholeQuantity } from '../../../core/quantity.ts'
import { readAcceptance, type Resident } from './resident.ts'

/** What became of the promises; `faults` says in words each one that was broken. */
export type Promises = {
  /** Things residents did that the bot had to answer. */
  updates: number
  /** Readings in the database. */
  readings: number
  /** Readings whose acceptance a chat shows and the database does not have so. */
  lost: number
  /** Readings that are in the database more than once. */
  doubled: number
  /** Answers shown more often than once. */
  repeated: number
  faults: string[]
}

type StoredReading = {
  number: string
  no: bigint
  value: bigint
  state: string
  taken_on: string
}

/**
 * Compares what residents did and saw with the database, after everything has become quiet: each
 * accepted reading once, each update handled once and answered, each conversation where its screen
 * says, the journal whole.
 */
export async function checkPromises(
  ctx: Context,
  residents: readonly Resident[],
): Promise<Promises> {
  const faults: string[] = []
  const readings = await checkReadings(ctx, residents, faults)
  await checkInbox(ctx, residents, faults)
  const repeated = await checkAnswers(ctx, residents, faults)
  await checkDialogs(ctx, residents, faults)
  for await (const { fault } of verify(ctx)) faults.push(`the journal: ${fault}`)
  const updates = residents.reduce((sum, resident) => sum + resident.acts(), 0)
  return { updates, ...readings, repeated, faults }
}

async function checkReadings(ctx: Context, residents: readonly Resident[], faults: string[]) {
  const stored = await ctx.sql.many<StoredReading>`
    select a.number, r.registration_no as no, r.value_e8 as value, r.state, r.taken_on
    from reading r join register d on d.id = r.register_id join meter m on m.id = d.meter_id
    join agreement g on g.id = m.agreement_id join account a on a.id = g.account_id
    where r.source = 'bot' order by r.registration_no`
  let lost = 0
  let doubled = 0
  for (const { household, seen, value: last } of residents) {
    const { number } = household
    const own = stored.filter((reading) => reading.number === number)
    const told = new Map(
      seen.flatMap((text) => {
        const accepted = readAcceptance(text)
        return accepted ? [[accepted.no, wholeQuantity(accepted.value)] as const] : []
      }),
    )
    const numbers = new Set(own.map(({ no }) => no))
    const facts = new Set(own.map(({ taken_on, value }) => `${taken_on} ${value}`))
    doubled += own.length - Math.min(numbers.size, facts.size)
    for (const [no, value] of told) {
      if (own.some((reading) => reading.no === no && reading.value === value)) continue
      lost += 1
      faults.push(`account ${number}: reading no. ${no} was accepted and is not there`)
    }
    for (const { no } of own)
      if (!told.has(no)) faults.push(`account ${number}: reading no. ${no} was never told`)
    const counted = own.filter(({ state }) => state === 'accepted').map(({ value }) => value)
    if (!isDeepStrictEqual(counted, [wholeQuantity(last())]))
      faults.push(`account ${number}: ${counted.length} readings count, and not only the last`)
  }
  if (doubled > 0) faults.push(`readings stored twice: ${doubled}`)
  return { readings: stored.length, lost, doubled }
}

async function checkInbox(
  ctx: Context,
  residents: readonly Resident[],
  faults: string[],
): Promise<void> {
  const stored = await ctx.sql.many<{ chat: string; state: string; count: number }>`
    select channel || ' ' || chat as chat, state, count(*)::int4 as count from inbox
    where channel = 'telegram' or payload->>'event' = 'message' group by 1, 2`
  const handled = new Map<string, number>()
  for (const { chat, count, state } of stored) {
    if (state === 'handled') handled.set(chat, count)
    else faults.push(`${count} updates of ${chat} are ${state}`)
  }
  for (const resident of residents) {
    const count = handled.get(nameOf(resident)) ?? 0
    if (count !== resident.acts())
      faults.push(`${nameOf(resident)}: did ${resident.acts()} things, ${count} were handled`)
  }
}

/** Gives how many answers came more than once. */
async function checkAnswers(
  ctx: Context,
  residents: readonly Resident[],
  faults: string[],
): Promise<number> {
  const stored = await ctx.sql.many<{ chat: string; sent: number; unsent: number }>`
    select channel || ' ' || external_id as chat,
      count(*) filter (where state in ('sent', 'delivered', 'seen'))::int4 as sent,
      count(*) filter (where state not in ('sent', 'delivered', 'seen'))::int4 as unsent
    from outbox group by 1`
  const byChat = new Map(stored.map((row) => [row.chat, row]))
  let repeated = 0
  for (const resident of residents) {
    const { channel, seen } = resident
    const { sent, unsent } = byChat.get(nameOf(resident)) ?? { sent: 0, unsent: 0 }
    // In this conversation no two answers have the same words.
    const distinct = new Set(seen).size
    repeated += seen.length - distinct
    // Viber's welcome is the answer of a webhook, not a letter.
    const letters = distinct - (channel === 'viber' ? 1 : 0)
    if (letters !== sent)
      faults.push(`${nameOf(resident)}: ${sent} answers were sent, ${letters} are on the screen`)
    if (unsent > 0) faults.push(`${nameOf(resident)}: ${unsent} answers were not sent`)
  }
  return repeated
}

async function checkDialogs(
  ctx: Context,
  residents: readonly Resident[],
  faults: string[],
): Promise<void> {
  const stored = await ctx.sql.many<{ chat: string; flow: string; tokens: string[] }>`
    select i.channel || ' ' || i.external_id as chat, d.state->>'flow' as flow,
      array(select choice->>'token' from jsonb_array_elements(d.choices) as choice) as tokens
    from dialog d join identity i on i.id = d.identity_id`
  const byChat = new Map(stored.map((row) => [row.chat, row]))
  for (const resident of residents) {
    const dialog = byChat.get(nameOf(resident))
    const name = nameOf(resident)
    if (dialog?.flow !== 'menu') faults.push(`${name}: stands in ${dialog?.flow ?? 'nothing'}`)
    else if (!resident.buttons().some((shown) => isDeepStrictEqual(shown, dialog.tokens)))
      faults.push(`${name}: the buttons on the screen are not those that work`)
  }
}

function nameOf({ channel, externalId }: Resident): string {
  return `${channel} ${externalId}`
}
