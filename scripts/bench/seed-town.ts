import { type Context } from '../../core/context.ts'

/**
 * A provider with water and sewage, `accounts` accounts with a month of statements each, and a
 * Telegram person linked to each: ids 1, 2, 3…
 */
export async function seedBenchTown(ctx: Context, accounts: number): Promise<void> {
  const { sql } = ctx
  await sql.run`insert into provider (code, name, iban, bank_name, bank_code, address, phone, email)
    values ('12345678', 'КП «Міськводоканал»', 'UA123000010000026001000000101', 'Банк', '300001',
      'вул. Перша, 1', '+38 (000) 555-00-01', 'water@example.org')`
  await sql.run`insert into service (provider_id, code, name, unit, purpose)
    values (1, '11', 'Водопостачання', 'куб.м', ''), (1, '12', 'Водовідведення', 'куб.м', '')`
  await sql.run`insert into house (street_type, street, number) values ('вул.', 'Боромира', '4')`
  await sql.run`insert into premise (house_id, flat)
    select 1, n::text from generate_series(1, ${accounts}::int4) n`
  await sql.run`insert into account
      (provider_id, number, number_key, premise_id, holder_name)
    select 1, n::text, n::text, n, 'Особа' from generate_series(1, ${accounts}::int4) n`
  await sql.run`insert into household (account_id, from_day, occupants)
    select id, '1900-01-01', 2 from account`
  await sql.run`insert into agreement (account_id, service_id)
    select a.id, s.id from account a cross join service s`
  await sql.run`insert into statement (agreement_id, period, opening, accrued, subscription, penalty,
      correction, benefit, subsidy, paid, closing)
    select g.id, p, 0, 26470, 0, 0, 0, 0, 0, 26470, 0
    from agreement g cross join generate_series(202601, 202610) p`
  await sql.run`insert into consumer (created_at) select ${ctx.now()}
    from generate_series(1, ${accounts}::int4)`
  await sql.run`insert into identity (consumer_id, channel, external_id, last_seen_at, created_at)
    select id, 'telegram', id::text, ${ctx.now()}, ${ctx.now()} from consumer`
  await sql.run`insert into link (consumer_id, account_id, role, proof, created_at)
    select n, n, 'owner', 'staff', ${ctx.now()} from generate_series(1, ${accounts}::int4) n`
  await sql.unsafe('analyze')
}
