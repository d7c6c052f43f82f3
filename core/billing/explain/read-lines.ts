import { type Context } from '../../context.ts'
import { KINDS } from '../../ledger/entry-kind.ts'
import { cost, formatDecimal, quantity, type Quantity, rate, type Rate } from '../../quantity.ts'
import { type Kopecks, kopecks } from '../../money.ts'
import { type Period } from '../../period.ts'
import { money, negate } from '../charge/formula.ts'
import { type Method, methodOf } from '../charge/method.ts'

/** A line of an agreement's month: what it is, how much, and the formula that gives it. */
export type ChargedLine = {
  line: number
  kind: 'accrual' | 'subscription' | 'penalty' | 'recalculation' | 'benefit' | 'subsidy'
  method: Method
  /** Kopecks with the sign of its statement column. */
  amount: Kopecks
  volume: Quantity | null
  price: Rate | null
  /** 0 single, 1 day, 2 night, 3 peak, 4 semi-peak. */
  zone: number
  isFullPrice: boolean
  /** False for a benefit the state pays to the person. */
  isPosted: boolean
  /** The past month a re-rated line belongs to. */
  about: Period | null
  /** Why a past month was rated again, or the category of a benefit. */
  reason: string | null
  /** Every number with its source; evaluating it gives the amount. */
  formula: string
}

type Row = Omit<ChargedLine, 'kind' | 'method'> & { kind: number; method: number }

/**
 * The lines of an agreement's month, charged here or brought by its provider's program. Empty for a
 * month without charges. Balances and payments are the statement's, operators' corrections the ledger's.
 */
export async function readLines(
  ctx: Context,
  agreementId: number,
  month: Period,
): Promise<ChargedLine[]> {
  const rows = await ctx.sql.many<Row>`
    select l.line, l.kind, l.method, l.amount, l.volume_e8 as volume, l.price_e8 as price, l.zone,
      l.full_price as "isFullPrice", l.posted as "isPosted", l.about_period as about, l.reason,
      l.formula
    from agreement g
    join account a on a.id = g.account_id
    join run r on r.provider_id = a.provider_id and r.period = ${month} and r.state = 'posted'
    join run_line l on l.run_id = r.id and l.agreement_id = g.id
    where g.id = ${agreementId} order by l.line`
  if (rows.length === 0) return readImported(ctx, agreementId, month)
  return rows.map((row) => ({ ...row, kind: kindOf(row.kind), method: methodOf(row.method) }))
}

function kindOf(code: number): ChargedLine['kind'] {
  const found = Object.entries(KINDS).find(([, rule]) => rule.code === code)
  return (found?.[0] ?? 'accrual') as ChargedLine['kind']
}

type ChargeRow = {
  id: bigint
  method: string
  price1: Rate
  volume1: Quantity
  price2: Rate
  volume2: Quantity
  accrued: Kopecks
  subscription: Kopecks
  penalty: Kopecks
  correction: Kopecks
  benefit: Kopecks
  subsidy: Kopecks
}

async function readImported(
  ctx: Context,
  agreementId: number,
  month: Period,
): Promise<ChargedLine[]> {
  const row = await ctx.sql.maybe<ChargeRow>`
    select id, method, price1_e8 as price1, volume1_e8 as volume1, price2_e8 as price2,
      volume2_e8 as volume2, accrued, subscription, penalty, correction, benefit, subsidy
    from charge where agreement_id = ${agreementId} and period = ${month} and not reversed`
  if (!row) return []
  const told = [
    ...accruals(row),
    one(row, 'subscription', row.subscription),
    one(row, 'penalty', row.penalty),
    one(row, 'recalculation', row.correction),
    one(row, 'benefit', row.benefit),
    one(row, 'subsidy', row.subsidy),
  ]
  return told
    .filter((line, index) => index === 0 || line.amount !== 0n)
    .map((line, index) => ({ ...line, line: index + 1 }))
}

/** Volume × price of each zone where that is the accrual; else the sum as the file gives it. */
function accruals(row: ChargeRow): ChargedLine[] {
  const { accrued, id, price1, price2, volume1, volume2 } = row
  const zones = [
    { volume: volume1, price: price1 },
    { volume: volume2, price: price2 },
  ].filter(({ price }) => price !== 0n)
  const isTwo = zones.length === 2 && volume2 !== 0n
  const parts = isTwo ? zones : zones.slice(0, 1)
  const total = parts.reduce((sum, { price, volume }) => sum + cost(volume, price), 0n)
  if (parts.length === 0 || total !== accrued) return [one(row, 'accrual', accrued)]
  return parts.map(({ price, volume }, index) => ({
    ...one(row, 'accrual', cost(quantity(volume), rate(price))),
    zone: isTwo ? index + 1 : 0,
    volume,
    price,
    formula: `round(${formatDecimal(volume)}[charge:${id}] * ${formatDecimal(price)}[charge:${id}], 2)`,
  }))
}

const METHOD_NAMES: Readonly<Record<string, Method>> = {
  meter: 'meter',
  average: 'average',
  norm: 'norm',
  house: 'house',
  area: 'area',
  persons: 'persons',
}

function one(row: ChargeRow, kind: ChargedLine['kind'], amount: Kopecks): ChargedLine {
  const positive = money(kopecks(amount < 0n ? -amount : amount), `charge:${row.id}`)
  return {
    line: 0,
    kind,
    method: METHOD_NAMES[row.method] ?? 'none',
    amount: kopecks(amount),
    volume: null,
    price: null,
    zone: 0,
    isFullPrice: false,
    isPosted: true,
    about: null,
    reason: null,
    formula: amount < 0n ? negate(positive).text : positive.text,
  }
}
