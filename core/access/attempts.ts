import { type Context } from '../context.ts'
import { type ProofKind } from './proof.ts'

/** Tries at a second fact in 24 hours, for a person and for an account number. */
const ATTEMPTS_A_DAY = 5
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Whether this try must be refused unseen. The limit of a number holds for numbers that do not
 * exist too, so it tells nothing; a code from the bill is never stopped by it, so a stranger's
 * guesses cannot keep the holder out.
 */
export async function isTryExhausted(
  ctx: Context,
  input: { identityId: number; numberKey: string; proof: ProofKind },
): Promise<boolean> {
  const since = ctx.now().getTime() - DAY_MS
  const { by_identity, by_number } = await ctx.sql.one<{
    by_identity: number
    by_number: number
  }>`
    select
      (select count(*)::int4 from link_attempt where identity_id = ${input.identityId}
        and not succeeded and at > to_timestamp(${since}::float8 / 1000)) as by_identity,
      (select count(*)::int4 from link_attempt where number_key = ${input.numberKey}
        and not succeeded and proof <> 'bill-code'
        and at > to_timestamp(${since}::float8 / 1000)) as by_number`
  if (by_identity >= ATTEMPTS_A_DAY) return true
  return input.proof !== 'bill-code' && by_number >= ATTEMPTS_A_DAY
}

/** Keeps the try for the limits and for staff. */
export async function noteTry(
  ctx: Context,
  input: { identityId: number; numberKey: string; proof: ProofKind; succeeded: boolean },
): Promise<void> {
  await ctx.sql.run`
    insert into link_attempt (identity_id, number_key, proof, succeeded, at)
    values (${input.identityId}, ${input.numberKey}, ${input.proof}, ${input.succeeded},
      ${ctx.now()})`
}
