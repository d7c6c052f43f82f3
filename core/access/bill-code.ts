import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Context } from '../context.ts'
import { addMonths, dayIn, type Period, periodOf } from '../period.ts'
import { accountKey } from '../registry/account-number.ts'

// Without 0, O, 1 and I, which people mistake for each other.
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const CODE_LENGTH = 10
const BITS_A_LETTER = 5
/** A printed code is taken for the bill's month and this many months after it. */
export const CODE_VALID_MONTHS = 3

/** `K7QP-M2XW-9A`-like code of an account's bill: 50 bits, the same each time the bill is drawn. */
export async function billCode(ctx: Context, accountId: number, month: Period): Promise<string> {
  const code = compute(await readSecret(ctx), accountId, month)
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`
}

/**
 * The month of the bill of this account that carries the code, or null when there is none, it has
 * expired or was used. Compares in constant time.
 */
export async function findBillCode(
  ctx: Context,
  accountId: number,
  typed: string,
): Promise<Period | null> {
  const secret = await readSecret(ctx)
  const given = Buffer.from(accountKey(typed).replace(/[^0-9A-Z]/g, ''))
  const thisMonth = periodOf(dayIn(ctx.now(), ctx.zone))
  let found: Period | null = null
  for (let age = 0; age <= CODE_VALID_MONTHS; age++) {
    const month = addMonths(thisMonth, -age)
    const right = Buffer.from(compute(secret, accountId, month))
    if (given.length === right.length && timingSafeEqual(given, right)) found = month
  }
  if (found === null) return null
  const used = await ctx.sql.maybe`
    select 1 from used_bill_code where account_id = ${accountId} and period = ${found}`
  return used ? null : found
}

/** Marks the code used. Returns false when somebody else was faster. */
export async function useBillCode(
  ctx: Context,
  accountId: number,
  month: Period,
): Promise<boolean> {
  const inserted = await ctx.sql.run`
    insert into used_bill_code (account_id, period, used_at)
    values (${accountId}, ${month}, ${ctx.now()}) on conflict do nothing`
  return inserted === 1
}

async function readSecret(ctx: Context): Promise<Buffer> {
  const { secret } = await ctx.sql.one<{ secret: Buffer }>`
    select bill_code_secret as secret from town`
  return secret
}

function compute(secret: Buffer, accountId: number, month: Period): string {
  const mac = createHmac('sha256', secret).update(`bill ${accountId} ${month}`).digest()
  const bits = mac.readBigUInt64BE() >> 14n
  let code = ''
  for (let index = 0; index < CODE_LENGTH; index++)
    code += ALPHABET[Number((bits >> BigInt(index * BITS_A_LETTER)) & 31n)]
  return code
}
