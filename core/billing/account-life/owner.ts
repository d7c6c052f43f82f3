import { type Context } from '../../context.ts'

/** What a program names; a fact is named by its id. */
export type Owned =
  'account' | 'agreement' | 'meter' | 'absence' | 'quality_defect' | 'extra_charge' | 'beneficiary'

/** Whose it is: the organisation's id and code. */
export type Owner = { providerId: number; code: string }

/** The provider a row belongs to, or null when there is no such row. */
export async function findOwner(ctx: Context, what: Owned, id: number): Promise<Owner | null> {
  return ctx.sql.maybe<Owner>`
    select p.id as "providerId", p.code from provider p
    where p.id = case ${what}::text
      when 'account' then (select provider_id from account where id = ${id})
      when 'agreement' then (
        select a.provider_id from agreement g join account a on a.id = g.account_id
        where g.id = ${id})
      when 'meter' then (
        select a.provider_id from meter m join agreement g on g.id = m.agreement_id
        join account a on a.id = g.account_id where m.id = ${id})
      when 'absence' then (
        select a.provider_id from absence f join account a on a.id = f.account_id
        where f.id = ${id})
      when 'quality_defect' then (
        select s.provider_id from quality_defect f join service s on s.id = f.service_id
        where f.id = ${id})
      when 'extra_charge' then (
        select a.provider_id from extra_charge f join agreement g on g.id = f.agreement_id
        join account a on a.id = g.account_id where f.id = ${id})
      when 'beneficiary' then (
        select a.provider_id from beneficiary f join account a on a.id = f.account_id
        where f.id = ${id})
    end`
}

/** The house an account is in, or null when there is no such account. */
export async function findHouseOf(ctx: Context, accountId: number): Promise<number | null> {
  const row = await ctx.sql.maybe<{ houseId: number }>`
    select p.house_id as "houseId" from account a join premise p on p.id = a.premise_id
    where a.id = ${accountId}`
  return row?.houseId ?? null
}
