import { accountKey } from '../registry/account-number.ts'
import { type Context } from '../context.ts'
import { addMonths, dayIn, firstDay, periodOf } from '../period.ts'
import { type Proof } from './proof.ts'

/** A payment proves an account for this many whole months before the current one. */
const RECENT_MONTHS = 6
/** Digits compared from the end: national number without the trunk prefix. */
const PHONE_DIGITS = 9

/** Whether the fact is true of the account. A code from the bill is used up instead (bill-code.ts). */
export async function checkProof(
  ctx: Context,
  accountId: number,
  proof: Exclude<Proof, { kind: 'bill-code' }>,
): Promise<boolean> {
  switch (proof.kind) {
    case 'meter':
      return isMeter(ctx, accountId, proof.serial)
    case 'payment':
      return isPayment(ctx, accountId, proof)
    case 'phone':
      return isPhone(ctx, accountId, proof.phone)
  }
}

async function isMeter(ctx: Context, accountId: number, serial: string): Promise<boolean> {
  const key = accountKey(serial)
  // Sources leave the number of some meters empty: that is nothing one could know. Zeros before a
  // number are often left out when it is copied from the case.
  if (/^0*$/.test(key)) return false
  const found = await ctx.sql.maybe`
    select 1 from meter m join agreement g on g.id = m.agreement_id
    where g.account_id = ${accountId} and ltrim(m.serial_key, '0') = ltrim(${key}::text, '0')
      and m.removed_on is null limit 1`
  return found !== null
}

async function isPayment(
  ctx: Context,
  accountId: number,
  { amount, paidOn }: Extract<Proof, { kind: 'payment' }>,
): Promise<boolean> {
  const since = firstDay(addMonths(periodOf(dayIn(ctx.now(), ctx.zone)), -RECENT_MONTHS))
  if (paidOn < since || amount <= 0n) return false
  const { matches } = await ctx.sql.one<{ matches: boolean }>`
    select coalesce(bool_or(p.amount = ${amount}), false) or coalesce(sum(p.amount), 0) = ${amount}
      as matches
    from payment p join agreement g on g.id = p.agreement_id
    where g.account_id = ${accountId} and p.paid_on = ${paidOn} and not p.reversed`
  return matches
}

async function isPhone(ctx: Context, accountId: number, phone: string): Promise<boolean> {
  const { phone: onFile } = await ctx.sql.one<{ phone: string | null }>`
    select phone from account where id = ${accountId}`
  const digits = (text: string) => text.replace(/\D/g, '').slice(-PHONE_DIGITS)
  return digits(phone).length === PHONE_DIGITS && digits(onFile ?? '') === digits(phone)
}
