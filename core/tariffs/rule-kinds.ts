import { z } from 'zod'
import { parseDecimal, type Quantity, type Rate, rate } from '../quantity.ts'

const ONE = 100_000_000n

/** A decimal as text, so that nothing is lost on its way: `"0.0383"`. Gives 10⁻⁸ units. */
const decimal = z.string().transform((text, issue): Quantity => {
  const value = parseDecimal(text)
  if (value !== null) return value
  issue.addIssue({ code: 'custom', message: 'not a decimal' })
  return z.NEVER
})
/** A fraction of 1 as text, `"0.2"`; gives 10⁻⁸. */
const share = z.string().transform((text, issue): Rate => {
  const value = parseDecimal(text)
  if (value !== null && value >= 0n && value <= ONE) return rate(value)
  issue.addIssue({ code: 'custom', message: 'not a share' })
  return z.NEVER
})
const name = z.string().trim().min(1).max(200)
/** Two years of incomes or validity, a quarter of working days: more is a slip of the operator. */
const TERM_MONTHS_MAX = 24
const WORKING_DAYS_MAX = 60
const DOCUMENTS_MAX = 20
const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)
/** A number of units or times: nothing of a charge is below zero. */
const amount = decimal.refine((value) => value >= 0n, 'below zero')
/** Per cents of a whole. */
const percent = amount.refine((value) => value <= 100n * ONE, 'more than all')
/** A debt growing by more a day is a slip, not a rule. */
const PENALTY_A_DAY_MAX = ONE / 20n
const months = z.int().min(1).max(36)

/** How a missing reading is estimated, in this order: by `method` for `maxMonths`, then by the norm. */
const estimate = z.strictObject({
  method: z.enum(['avg-daily', 'avg-monthly', 'planned', 'norm']),
  /** How far before the last real reading its base may lie. */
  baseMonths: months,
  /** Months in a row by average; without it, however many. */
  maxMonths: months.optional(),
  /** What the dial shows at least: volumes are whole multiples of it. */
  step: decimal.refine((value) => value > 0n, 'not above zero'),
  /** Coefficients of the twelve months for `planned`. */
  profile: z.array(amount).length(12).optional(),
})

/** How one service is charged. */
const charging = z
  .strictObject({
    base: z.enum([
      'meter',
      'house-share',
      'volume-of',
      'area',
      'heated-area',
      'persons',
      'account',
      'extras',
    ]),
    /** With `volume-of`: the services of the account whose volumes it takes. */
    volumeOf: z.array(z.string()).min(1).optional(),
    /** What the fixed part of a two-part tariff counts. */
    fixedBase: z.enum(['account', 'area', 'heated-area', 'load']).optional(),
    /** Outside these days (month-day, both included) a missing volume is no fault: nothing was delivered. */
    season: z.strictObject({ from: monthDay, to: monthDay }).optional(),
    subscription: z.enum(['full-month', 'by-days']).default('full-month'),
    priceChange: z.enum(['by-days', 'by-reading', 'next-month']).default('by-days'),
    /** Decimals of a volume that is a share of something. */
    decimals: z.int().min(0).max(8).default(3),
    estimate: estimate.optional(),
    /** A real reading after estimates: spread over those months by days, or charged at once. */
    lateReading: z.enum(['by-days', 'at-once']).default('by-days'),
    /** After the verification expired: by norm from the next day, or for the whole month. */
    expired: z.enum(['by-days', 'whole-months']).default('by-days'),
  })
  .refine(({ base, volumeOf }) => base !== 'volume-of' || volumeOf !== undefined, {
    path: ['volumeOf'],
    message: 'missing',
  })

/**
 * Every kind of dated decision and the shape of its value. Percentages are whole per cents as decimals
 * (`"75"`), shares and coefficients are fractions (`"0.2"`).
 */
export const RULE_KINDS = {
  charging,
  /** Price of a meter's zone as a multiple of the single price; key: the zone. */
  'zone-coefficient': z.strictObject({ coefficient: amount }),
  /** Volume above this per registered person and day is charged at the full-cost price. */
  limit: z.strictObject({
    perPersonPerDay: amount,
    /** Services whose volume uses the limit up first. */
    after: z.array(z.string()).optional(),
  }),
  /** Which dwellings pay the full-cost price whatever their card says. */
  'full-price': z.strictObject({ whenNobodyRegistered: z.boolean() }),
  /** Key: category of the benefit. */
  benefit: z.strictObject({
    percent,
    /** Codes of services; without them, all. */
    services: z.array(z.string()).optional(),
  }),
  /** What of a service a benefit covers: units a person, or square metres of the dwelling. */
  'benefit-norm': z.strictObject({
    perPerson: amount.optional(),
    area: z.strictObject({ perPerson: amount, perFamily: amount }).optional(),
  }),
  /** What of a service the fee behind a subsidy counts; without it, all of the subsidised part. */
  'subsidy-norm': z.strictObject({
    perPerson: amount.optional(),
    area: z.strictObject({ perPerson: amount, perFamily: amount }).optional(),
  }),
  /** `net`: taken off the bill; `gross`: the state pays the person, the bill shows it only. */
  'benefit-payment': z.strictObject({ mode: z.enum(['net', 'gross']) }),
  'benefit-with-subsidy': z.strictObject({ allowed: z.boolean() }),
  /** Whether absence longer than so many days takes a service off. */
  absence: z.strictObject({
    thresholdDays: z.int().min(0),
    reduces: z.boolean(),
    /** Days after the return in which it must be applied for. */
    applyWithinDays: z.int().min(1).optional(),
  }),
  /** Per cents of the month's charge for each day; key: the defect. */
  quality: z.strictObject({ percentPerDay: percent }),
  'payment-term': z.strictObject({
    day: z.int().min(1).max(31),
    monthsAfter: z.int().min(0).max(3),
    shiftsToWorkingDay: z.boolean(),
    startsOn: z.enum(['next-working-day', 'next-day']),
  }),
  /** Share of the debt a day; per cents of the debt at most. */
  penalty: z.strictObject({
    perDay: amount.refine((value) => value <= PENALTY_A_DAY_MAX, 'too much a day'),
    capPercent: amount.nullable(),
  }),
  /** Days without penalty, for the scope of the row: both ends of its dates count. */
  'no-penalty': z.strictObject({ reason: z.string() }),
  /** Tax inside the price, shown for information. */
  vat: z.strictObject({ percent }),
  /** A month this many times the usual one is shown to the accountant. */
  outlier: z.strictObject({ times: amount }),
  /** When readings are taken; beyond the month's end days are counted into the next month. */
  'reading-window': z.strictObject({
    fromDay: z.int().min(1).max(31),
    /** Days before the month's end instead of `fromDay`. */
    fromBeforeEnd: z.int().min(0).max(31).optional(),
    toDay: z.int().min(1).max(31),
    /** Whether `toDay` is of the next month. */
    toNextMonth: z.boolean(),
  }),
  /** Order in which one payment covers services of the same due date: codes. */
  'payment-order': z.strictObject({ services: z.array(z.string()) }),
  /** How far back a fact may change what was charged. */
  'look-back': z.strictObject({ months: z.int().min(1).max(36) }),
  /** Days from the notice of termination to its end. */
  'participation-notice': z.strictObject({ days: z.int().min(1) }),
  subsidy: z.strictObject({
    /** Share of the household's income above which the fee is subsidised. */
    townShare: share,
    villageShare: share,
    /** How many months of income an application shows. */
    incomeMonths: z.int().min(1).max(TERM_MONTHS_MAX),
    /** For how many months it is granted. */
    validMonths: z.int().min(1).max(TERM_MONTHS_MAX),
    /** Working days from the application to the decision. */
    decideWorkingDays: z.int().min(1).max(WORKING_DAYS_MAX),
    /** What an applicant brings. */
    documents: z.array(name).max(DOCUMENTS_MAX),
    /** Persons of these statuses are not counted into the household. */
    excludedStatuses: z.array(name),
  }),
  'subsidy-discovery': z.strictObject({
    /** Statuses that make a household likely entitled, each with the reason shown. */
    qualifying: z.record(name, name),
    /** One person of such a status makes it unlikely. */
    blocking: z.array(name),
  }),
} as const

export type RuleKind = keyof typeof RULE_KINDS
export type RuleValue<K extends RuleKind> = z.output<(typeof RULE_KINDS)[K]>
export type Charging = RuleValue<'charging'>
export type Estimate = NonNullable<Charging['estimate']>

export function isRuleKind(text: string): text is RuleKind {
  return Object.hasOwn(RULE_KINDS, text)
}
