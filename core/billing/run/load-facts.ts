import { type Context } from '../../context.ts'
import { type Kopecks } from '../../money.ts'
import { addMonths, firstDay, type Period, type PlainDate } from '../../period.ts'
import {
  type AbsenceFact,
  type AccountFacts,
  type AwardFact,
  type BeneficiaryFact,
  type DefectFact,
  type ExtraFact,
  type HouseholdFact,
  type HouseVolumeFact,
  type VolumeFact,
} from '../charge/facts.ts'
import { readGrants } from '../subsidy/read-grants.ts'
import { loadDials } from './load-dials.ts'
import { grouped, LOOK_BACK_MONTHS, type Wanted } from './wanted.ts'

type AgreementRow = {
  agreementId: number
  accountId: number
  providerId: number
  houseId: number
  serviceId: number
  serviceCode: string
  fromDay: PlainDate | null
  toDay: PlainDate | null
}
type OfAccount = { accountId: number }
type OfAgreement = { agreementId: number }

/**
 * Everything charging needs of some accounts of one provider, in their order: a fixed number of
 * queries whatever their number. Facts recorded after `asOf` are not there, and those retired after it
 * are.
 */
export async function loadFacts(ctx: Context, wanted: Wanted): Promise<AccountFacts[]> {
  const agreements = await readAgreements(ctx, wanted)
  const ids = agreements.map((row) => row.agreementId)
  const households = await readHouseholds(ctx, wanted)
  const dials = await loadDials(ctx, wanted, ids)
  const volumes = await readVolumes(ctx, wanted, ids)
  const houseVolumes = await readHouseVolumes(ctx, wanted, ids)
  const extras = await readExtras(ctx, wanted, ids)
  const defects = await readDefects(ctx, wanted, ids)
  const awards = await readAwards(ctx, wanted, ids)
  const beneficiaries = await readBeneficiaries(ctx, wanted)
  const absences = await readAbsences(ctx, wanted)
  const cases = await readCases(ctx, wanted)

  const accounts = new Map<
    number,
    AccountFacts & { agreements: AccountFacts['agreements'][number][] }
  >()
  for (const row of agreements) {
    const { accountId, agreementId, houseId, providerId, ...agreement } = row
    let account = accounts.get(accountId)
    if (!account) {
      account = {
        ...{ accountId, providerId, houseId, agreements: [] },
        households: households.get(accountId) ?? [],
        beneficiaries: beneficiaries.get(accountId) ?? [],
        absences: absences.get(accountId) ?? [],
        subsidyCases: cases.get(accountId) ?? [],
      }
      accounts.set(accountId, account)
    }
    account.agreements.push({
      ...agreement,
      agreementId,
      dials: dials.get(agreementId) ?? [],
      volumes: byPeriod(volumes.get(agreementId) ?? []),
      houseVolumes: byPeriod(houseVolumes.get(agreementId) ?? []),
      extras: extras.get(agreementId) ?? [],
      defects: defects.get(agreementId) ?? [],
      awards: awards.get(agreementId) ?? [],
    })
  }
  return [...accounts.values()]
}

/** The first day of the months that may still be charged again. */
function oldestDay({ period }: Wanted): PlainDate {
  return firstDay(addMonths(period, -LOOK_BACK_MONTHS))
}

function readAgreements(ctx: Context, { accountIds, asOf }: Wanted): Promise<AgreementRow[]> {
  return ctx.sql.many<AgreementRow>`
    select g.id as "agreementId", a.id as "accountId", a.provider_id as "providerId",
      p.house_id as "houseId", s.id as "serviceId", s.code as "serviceCode",
      g.from_day as "fromDay", case when g.ended_at > ${asOf} then null else g.to_day end as "toDay"
    from account a
    join premise p on p.id = a.premise_id
    join agreement g on g.account_id = a.id
    join service s on s.id = g.service_id
    where a.id = any(${accountIds}::int4[])
    order by a.id, g.id`
}

async function readHouseholds(ctx: Context, { accountIds, asOf }: Wanted) {
  const rows = await ctx.sql.many<HouseholdFact & OfAccount>`
    select id, account_id as "accountId", from_day as "fromDay", occupants,
      total_area_e8 as "totalArea", heated_area_e8 as "heatedArea", load_e8 as load, plan
    from household
    where account_id = any(${accountIds}::int4[]) and recorded_at <= ${asOf}
      and (retired_at is null or retired_at > ${asOf})
    order by account_id, from_day`
  return grouped(rows, ({ accountId }) => accountId)
}

type OfPeriod = { period: Period }

async function readVolumes(ctx: Context, wanted: Wanted, ids: readonly number[]) {
  const first = addMonths(wanted.period, -LOOK_BACK_MONTHS)
  const rows = await ctx.sql.many<VolumeFact & OfAgreement & OfPeriod>`
    select id, agreement_id as "agreementId", period, volume_e8 as volume
    from imported_volume
    where agreement_id = any(${ids}::int4[]) and period between ${first} and ${wanted.period}
      and recorded_at <= ${wanted.asOf} and (retired_at is null or retired_at > ${wanted.asOf})`
  return grouped(rows, ({ agreementId }) => agreementId)
}

async function readHouseVolumes(ctx: Context, wanted: Wanted, ids: readonly number[]) {
  const first = addMonths(wanted.period, -LOOK_BACK_MONTHS)
  const rows = await ctx.sql.many<HouseVolumeFact & OfAgreement & OfPeriod>`
    select v.id, g.id as "agreementId", v.period, v.volume_e8 as volume, v.area_e8 as area
    from agreement g
    join account a on a.id = g.account_id
    join premise p on p.id = a.premise_id
    join house_volume v on v.house_id = p.house_id and v.service_id = g.service_id
    where g.id = any(${ids}::int4[]) and v.period between ${first} and ${wanted.period}
      and v.recorded_at <= ${wanted.asOf} and (v.retired_at is null or v.retired_at > ${wanted.asOf})`
  return grouped(rows, ({ agreementId }) => agreementId)
}

async function readExtras(ctx: Context, wanted: Wanted, ids: readonly number[]) {
  const rows = await ctx.sql.many<ExtraFact & OfAgreement>`
    select id, agreement_id as "agreementId", day, quantity_e8 as quantity, price_e8 as price
    from extra_charge
    where agreement_id = any(${ids}::int4[]) and day >= ${oldestDay(wanted)}
      and recorded_at <= ${wanted.asOf} and (retired_at is null or retired_at > ${wanted.asOf})
    order by id`
  return grouped(rows, ({ agreementId }) => agreementId)
}

async function readDefects(ctx: Context, wanted: Wanted, ids: readonly number[]) {
  const rows = await ctx.sql.many<DefectFact & OfAgreement>`
    select d.id, g.id as "agreementId", d.defect, d.from_day as "fromDay", d.to_day as "toDay"
    from quality_defect d
    join agreement g on g.service_id = d.service_id and g.id = any(${ids}::int4[])
    join account a on a.id = g.account_id
    join premise p on p.id = a.premise_id
    where (d.account_id = a.id or (d.account_id is null and d.house_id = p.house_id))
      and d.to_day > ${oldestDay(wanted)}
      and d.recorded_at <= ${wanted.asOf} and (d.retired_at is null or d.retired_at > ${wanted.asOf})
    order by d.id`
  return grouped(rows, ({ agreementId }) => agreementId)
}

async function readAwards(ctx: Context, wanted: Wanted, ids: readonly number[]) {
  const rows = await ctx.sql.many<AwardFact & OfAgreement & { subsidy: Kopecks }>`
    select w.id, w.agreement_id as "agreementId", w.from_day as "fromDay", w.to_day as "toDay",
      w.subsidy
    from subsidy_award w join import_batch b on b.id = w.batch_id
    where w.agreement_id = any(${ids}::int4[]) and w.to_day > ${oldestDay(wanted)}
      and b.applied_at <= ${wanted.asOf} and (b.undone_at is null or b.undone_at > ${wanted.asOf})
    order by w.id`
  return grouped(rows, ({ agreementId }) => agreementId)
}

async function readBeneficiaries(ctx: Context, { accountIds, asOf }: Wanted) {
  const rows = await ctx.sql.many<BeneficiaryFact & OfAccount>`
    select id, account_id as "accountId", category, persons, from_day as "fromDay",
      to_day as "toDay"
    from beneficiary
    where account_id = any(${accountIds}::int4[]) and recorded_at <= ${asOf}
      and (retired_at is null or retired_at > ${asOf})
    order by id`
  return grouped(rows, ({ accountId }) => accountId)
}

async function readAbsences(ctx: Context, { accountIds, asOf }: Wanted) {
  const rows = await ctx.sql.many<AbsenceFact & OfAccount>`
    select id, account_id as "accountId", left_on as "leftOn", returned_on as "returnedOn"
    from absence
    where account_id = any(${accountIds}::int4[]) and recorded_at <= ${asOf}
      and (retired_at is null or retired_at > ${asOf})
    order by id`
  return grouped(rows, ({ accountId }) => accountId)
}

async function readCases(ctx: Context, { accountIds, asOf }: Wanted) {
  return grouped(await readGrants(ctx, { accountIds, asOf }), ({ accountId }) => accountId)
}

function byPeriod<R extends OfPeriod>(rows: readonly R[]): Map<Period, R> {
  return new Map(rows.map((row) => [row.period, row]))
}
