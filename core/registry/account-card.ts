import { type Context } from '../context.ts'
import { bulkInsert } from '../db/bulk-insert.ts'
import { type Kopecks } from '../money.ts'
import { type PlainDate } from '../period.ts'
import { type AccountRef, accountRefText } from './find-accounts.ts'
import { storeHouseholds } from './store-households.ts'

/** All a provider tells about one account. */
export type AccountCard = AccountRef & {
  /** As the provider writes it. */
  number: string
  streetType: string
  street: string
  house: string
  flat: string
  holderName: string
  phone: string | null
  email: string | null
  /** Square metres in 10⁻⁸. */
  totalAreaE8: bigint | null
  heatedAreaE8: bigint | null
  occupants: number
  benefitPercent: number | null
  eic: string | null
  contractDate: PlainDate | null
  /** Kopecks, owed is positive: a claim to check. */
  assertedBalance: Kopecks | null
  assertedOn: PlainDate | null
  /** Ids of the services agreed. */
  services: readonly number[]
}

/** A card the town has. */
export type StoredCard = AccountCard & { accountId: number }

const CARDS_A_PIECE = 10_000

/** The cards of accounts that exist, by `accountRefText`. */
export async function readAccountCards(
  ctx: Context,
  wanted: readonly AccountRef[],
): Promise<Map<string, StoredCard>> {
  const cards = new Map<string, StoredCard>()
  for (let start = 0; start < wanted.length; start += CARDS_A_PIECE) {
    const piece = wanted.slice(start, start + CARDS_A_PIECE)
    const rows = await ctx.sql.many<StoredCard>`
      select a.id as "accountId", a.provider_id as "providerId", a.number_key as key, a.number,
        h.street_type as "streetType", h.street, h.number as house, p.flat,
        a.holder_name as "holderName", a.phone, a.email, w.total_area_e8 as "totalAreaE8",
        w.heated_area_e8 as "heatedAreaE8", coalesce(w.occupants, 0) as occupants,
        a.benefit_percent as "benefitPercent",
        a.eic, a.contract_date as "contractDate", a.asserted_balance as "assertedBalance",
        a.asserted_on as "assertedOn",
        array(select g.service_id from agreement g where g.account_id = a.id order by 1) as services
      from unnest(${piece.map((ref) => ref.providerId)}::int4[],
        ${piece.map((ref) => ref.key)}::text[]) as asked (provider_id, number_key)
      join account a using (provider_id, number_key)
      join premise p on p.id = a.premise_id
      join house h on h.id = p.house_id
      left join lateral (
        select occupants, total_area_e8, heated_area_e8 from household
        where account_id = a.id and retired_at is null order by from_day desc limit 1) w on true`
    for (const row of rows) cards.set(accountRefText(row), row)
  }
  return cards
}

/**
 * Writes cards: new accounts with their houses, premises and agreements, which run from the first month
 * that is not issued, or have always run when none is; known accounts get what the card
 * says, but keep the spelling of their number and every agreement they have.
 */
export async function storeAccountCards(
  ctx: Context,
  cards: readonly AccountCard[],
): Promise<void> {
  for (let start = 0; start < cards.length; start += CARDS_A_PIECE)
    await storePiece(ctx, cards.slice(start, start + CARDS_A_PIECE))
}

async function storePiece(ctx: Context, cards: readonly AccountCard[]): Promise<void> {
  await storePremises(ctx, cards)
  await storeAccounts(ctx, cards, await readPremiseIds(ctx, cards))
  await storeHouseholds(ctx, cards)
  const agreed = cards.flatMap((card) => card.services.map((serviceId) => ({ card, serviceId })))
  await ctx.sql.run`
    insert into agreement (account_id, service_id, from_day)
    select a.id, w.service_id, (
      select (to_date(max(b.period)::text, 'YYYYMM') + interval '1 month')::date
      from billing_period b where b.provider_id = a.provider_id and b.state in ('issued', 'closed'))
    from unnest(${agreed.map(({ card }) => card.providerId)}::int4[],
      ${agreed.map(({ card }) => card.key)}::text[],
      ${agreed.map(({ serviceId }) => serviceId)}::int4[]) as w (provider_id, number_key, service_id)
    join account a using (provider_id, number_key)
    on conflict do nothing`
}

async function storePremises(ctx: Context, cards: readonly AccountCard[]): Promise<void> {
  const [streetTypes, streets, houses, flats] = addressArrays(cards)
  await ctx.sql.run`
    insert into house (street_type, street, number)
    select distinct street_type, street, number
    from unnest(${streetTypes}::text[], ${streets}::text[], ${houses}::text[])
      as w (street_type, street, number)
    on conflict do nothing`
  await ctx.sql.run`
    insert into premise (house_id, flat)
    select distinct h.id, w.flat
    from unnest(${streetTypes}::text[], ${streets}::text[], ${houses}::text[], ${flats}::text[])
      as w (street_type, street, number, flat)
    join house h using (street_type, street, number)
    on conflict do nothing`
}

/** Premise of each card, in their order. */
async function readPremiseIds(ctx: Context, cards: readonly AccountCard[]): Promise<number[]> {
  const [streetTypes, streets, houses, flats] = addressArrays(cards)
  const rows = await ctx.sql.many<{ id: number }>`
    select p.id
    from unnest(${streetTypes}::text[], ${streets}::text[], ${houses}::text[], ${flats}::text[])
      with ordinality as w (street_type, street, number, flat, place)
    join house h using (street_type, street, number)
    join premise p on p.house_id = h.id and p.flat = w.flat
    order by w.place`
  return rows.map((row) => row.id)
}

function addressArrays(cards: readonly AccountCard[]): [string[], string[], string[], string[]] {
  return [
    cards.map((card) => card.streetType),
    cards.map((card) => card.street),
    cards.map((card) => card.house),
    cards.map((card) => card.flat),
  ]
}

const ACCOUNT_COLUMNS = {
  provider_id: 'int4',
  number_key: 'text',
  number: 'text',
  premise_id: 'int4',
  holder_name: 'text',
  phone: 'text',
  email: 'text',
  benefit_percent: 'int4',
  eic: 'text',
  contract_date: 'date',
  asserted_balance: 'int8',
  asserted_on: 'date',
}

async function storeAccounts(
  ctx: Context,
  cards: readonly AccountCard[],
  premiseIds: readonly number[],
): Promise<void> {
  const rows = cards.map((card, index) => [
    card.providerId,
    card.key,
    card.number,
    premiseIds[index] ?? null,
    card.holderName,
    card.phone,
    card.email,
    card.benefitPercent,
    card.eic,
    card.contractDate,
    card.assertedBalance,
    card.assertedOn,
  ])
  const [, , , ...told] = Object.keys(ACCOUNT_COLUMNS)
  await bulkInsert(ctx.sql, 'account', ACCOUNT_COLUMNS, rows, {
    onConflict: { columns: ['provider_id', 'number_key'], update: told },
  })
}
