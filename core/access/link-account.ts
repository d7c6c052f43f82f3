import { type Context } from '../context.ts'
import { accountKey } from '../registry/account-number.ts'
import { accept, refuse } from '../result.ts'
import { isTryExhausted, noteTry } from './attempts.ts'
import { findBillCode, useBillCode } from './bill-code.ts'
import { checkProof } from './check-proof.ts'
import { type Person } from './person.ts'
import { type Proof } from './proof.ts'

type Candidate = { id: number }

/**
 * Links a person to the accounts of this number whose second fact is true. The same number may
 * exist at several providers; only those the fact proves are linked.
 *
 * Gives the ids of the accounts linked now (those linked before included) and of those that are new.
 * Refuses: `proof-not-accepted`, alike for a wrong number and a wrong fact, with the accounts whose
 * holders are to be warned (never shown to the person); `too-many-tries` when the person or the
 * number used up the day's tries, without looking at the fact.
 */
export async function linkAccount(
  ctx: Context,
  input: { person: Person; number: string; proof: Proof },
) {
  const { person, proof } = input
  const numberKey = accountKey(input.number)
  const attempt = { identityId: person.identityId, numberKey, proof: proof.kind }
  return ctx.sql.transaction(async (sql) => {
    const tx = { ...ctx, sql }
    await lockTries(tx, attempt)
    if (await isTryExhausted(tx, attempt)) return refuse('too-many-tries')
    const candidates = await sql.many<Candidate>`
      select id from account where number_key = ${numberKey} order by id`
    const proven: number[] = []
    for (const { id } of candidates) if (await isProven(tx, id, proof)) proven.push(id)
    await noteTry(tx, { ...attempt, succeeded: proven.length > 0 })
    if (proven.length === 0)
      return refuse('proof-not-accepted', { warn: candidates.map((account) => account.id) })
    const fresh: number[] = []
    for (const id of proven) if (await addLink(tx, person, id, proof)) fresh.push(id)
    return accept({ accountIds: proven, newAccountIds: fresh })
  })
}

// One try at a time for a number and for a person: parallel guesses cannot slip under the limits.
async function lockTries(
  ctx: Context,
  { identityId, numberKey }: { identityId: number; numberKey: string },
): Promise<void> {
  await ctx.sql.run`
    select pg_advisory_xact_lock(hashtextextended(${`${ctx.schema} link ${numberKey}`}, 0)),
      pg_advisory_xact_lock(hashtextextended(${`${ctx.schema} link by ${identityId}`}, 0))`
}

async function isProven(ctx: Context, accountId: number, proof: Proof): Promise<boolean> {
  if (proof.kind !== 'bill-code') return checkProof(ctx, accountId, proof)
  const month = await findBillCode(ctx, accountId, proof.code)
  return month !== null && useBillCode(ctx, accountId, month)
}

async function addLink(
  ctx: Context,
  person: Person,
  accountId: number,
  proof: Proof,
): Promise<boolean> {
  const added = await ctx.sql.run`
    insert into link (consumer_id, account_id, role, proof, created_at)
    values (${person.consumerId}, ${accountId}, 'owner', ${proof.kind}, ${ctx.now()})
    on conflict (consumer_id, account_id) where ended_at is null do nothing`
  return added === 1
}
