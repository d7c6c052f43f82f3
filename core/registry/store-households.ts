import { type Context } from '../context.ts'
import { bulkInsert } from '../db/bulk-insert.ts'
import { type PlainDate } from '../period.ts'

/** A household's first version: it has always been so. */
const ALWAYS = '1900-01-01'

/** What a card says of a household; areas in 10⁻⁸ m². */
type ToldHousehold = {
  providerId: number
  /** Folded account number. */
  key: string
  occupants: number
  totalAreaE8: bigint | null
  heatedAreaE8: bigint | null
}

type News = {
  accountId: number
  knownId: number | null
  fromDay: PlainDate
  replaces: boolean
  occupants: number
  totalAreaE8: bigint | null
  heatedAreaE8: bigint | null
  loadE8: bigint | null
  plan: string
}

/**
 * Dates what cards say of households. A new account's household has always been so; a change counts
 * from the first month of the provider that is not issued: what is issued was right when it was.
 */
export async function storeHouseholds(
  ctx: Context,
  cards: readonly ToldHousehold[],
): Promise<void> {
  const news = await readNews(ctx, cards)
  await ctx.sql.run`
    update household set retired_at = ${ctx.now()}
    where id = any(${news.flatMap((one) => (one.replaces ? [one.knownId] : []))}::int4[])`
  const columns = {
    account_id: 'int4',
    from_day: 'date',
    occupants: 'int4',
    total_area_e8: 'int8',
    heated_area_e8: 'int8',
    load_e8: 'int8',
    plan: 'text',
    recorded_at: 'timestamptz',
  }
  const rows = news.map((one) => [
    one.accountId,
    one.fromDay,
    one.occupants,
    one.totalAreaE8,
    one.heatedAreaE8,
    one.loadE8,
    one.plan,
    ctx.now(),
  ])
  await bulkInsert(ctx.sql, 'household', columns, rows)
}

function readNews(ctx: Context, cards: readonly ToldHousehold[]): Promise<News[]> {
  return ctx.sql.many<News>`
    with open as (
      select provider_id, (to_date(max(period)::text, 'YYYYMM') + interval '1 month')::date as day
      from billing_period where state in ('issued', 'closed') group by provider_id
    )
    select a.id as "accountId", h.id as "knownId",
      coalesce(h.from_day >= coalesce(o.day, ${ALWAYS}::date), false) as replaces,
      case when h.id is null then ${ALWAYS}::date
        else greatest(coalesce(o.day, ${ALWAYS}::date), h.from_day) end as "fromDay",
      w.occupants, w.total_area_e8 as "totalAreaE8", w.heated_area_e8 as "heatedAreaE8",
      h.load_e8 as "loadE8", coalesce(h.plan, 'standard') as plan
    from unnest(${cards.map((card) => card.providerId)}::int4[],
      ${cards.map((card) => card.key)}::text[], ${cards.map((card) => card.occupants)}::int4[],
      ${cards.map((card) => card.totalAreaE8)}::int8[],
      ${cards.map((card) => card.heatedAreaE8)}::int8[])
      as w (provider_id, number_key, occupants, total_area_e8, heated_area_e8)
    join account a using (provider_id, number_key)
    left join open o using (provider_id)
    left join lateral (
      select * from household k where k.account_id = a.id and k.retired_at is null
      order by k.from_day desc limit 1) h on true
    where h.id is null or (h.occupants, h.total_area_e8, h.heated_area_e8)
      is distinct from (w.occupants, w.total_area_e8, w.heated_area_e8)`
}
