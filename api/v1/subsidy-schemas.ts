import { z } from 'zod'
import { CASE_STATES, PRINCIPLES } from '../../core/billing/subsidy/case-state.ts'
import { type CaseInput } from '../../core/billing/subsidy/open-case.ts'
import { type SubsidyCase } from '../../core/billing/subsidy/read-cases.ts'
import { kopecks } from '../../core/money.ts'
import { type Caller, type RefusalSpec } from '../endpoint.ts'
import { idField, kopecksField, named } from '../fields.ts'
import { dayField } from './staff-fields.ts'

const INCOMES_MAX = 24

const incomeField = z
  .string()
  .regex(/^\d{1,15}$/)
  .meta({ description: 'Kopecks of the whole household in a month', examples: ['42000'] })

const applicationShape = {
  principle: z.enum(PRINCIPLES),
  appliedOn: dayField,
  isVillage: z.boolean(),
  incomes: z.array(incomeField).max(INCOMES_MAX).meta({ description: 'Oldest month first' }),
}

export const Application = named(
  'SubsidyApplication',
  z.strictObject({ accountId: idField, ...applicationShape }),
)
export const Renewal = named('SubsidyRenewal', z.strictObject(applicationShape))

/** What a household shows, as core takes it. */
export function caseInput(body: z.output<typeof Renewal>, { author }: Caller): CaseInput {
  const { appliedOn, incomes, isVillage, principle } = body
  const amounts = incomes.map((income) => kopecks(BigInt(income)))
  return { appliedOn, isVillage, principle, incomes: amounts, author }
}

export const CaseView = named(
  'SubsidyCase',
  z.strictObject({
    id: idField,
    number: z.string(),
    accountId: idField,
    accountNumber: z.string(),
    provider: z.string().meta({ description: 'Code of the provider' }),
    principle: z.enum(PRINCIPLES),
    state: z.enum(CASE_STATES),
    appliedOn: dayField,
    decideBy: dayField.meta({ description: 'Last day to decide' }),
    isOverdue: z.boolean().meta({ description: 'Waits, or was decided, past the deadline' }),
    householdSize: z.int().meta({ description: 'Persons that count' }),
    isVillage: z.boolean(),
    incomes: z.array(kopecksField),
    income: kopecksField.meta({ description: 'Kopecks of the average month' }),
    fromDay: dayField.nullable(),
    toDay: dayField.nullable().meta({ description: 'First day without' }),
    decidedOn: dayField.nullable(),
    decidedBy: z.string().nullable(),
    reason: z.string(),
    renewsId: idField.nullable(),
    renewedById: idField.nullable(),
    documents: z.array(z.strictObject({ name: z.string(), receivedOn: dayField.nullable() })),
  }),
)

export const Cases = named('SubsidyCases', z.strictObject({ cases: z.array(CaseView) }))

export const CASE_EXAMPLE: z.input<typeof CaseView> = {
  id: 5,
  number: '2026-5',
  accountId: 1,
  accountNumber: '101',
  provider: '55101018',
  principle: 'application',
  state: 'granted',
  appliedOn: '2026-11-02',
  decideBy: '2026-11-16',
  isOverdue: false,
  householdSize: 2,
  isVillage: false,
  incomes: ['42000', '42000', '42000', '42000', '42000', '42000'],
  income: '42000',
  fromDay: '2026-11-01',
  toDay: '2027-05-01',
  decidedOn: '2026-11-12',
  decidedBy: 'api:office',
  reason: '',
  renewsId: null,
  renewedById: null,
  documents: [{ name: 'Довідка про доходи', receivedOn: '2026-11-03' }],
}

/** A case as it travels. */
export function caseView(found: SubsidyCase): z.input<typeof CaseView> {
  return { ...found, incomes: found.incomes.map(String), income: found.income.toString() }
}

export const NO_CASE: RefusalSpec = {
  status: 404,
  means: 'No such case within the reach of the key',
}
export const DECIDED: RefusalSpec = { status: 409, means: 'The case is decided' }

/** Refusals of the terms every case stands on. */
export const RULE_REFUSALS = {
  'rule-not-set': { status: 422, means: 'No rule says how subsidies are granted on that day' },
  'rule-invalid': {
    status: 422,
    means: 'The rule cannot be read: correct its row',
    details: { ruleId: idField },
    example: { ruleId: 7 },
  },
} satisfies Record<string, RefusalSpec>

/** Refusals of opening a case. */
export const OPENING_REFUSALS = {
  ...RULE_REFUSALS,
  'case-open': {
    status: 409,
    means: 'Another case of the account waits for a decision',
    details: { caseId: idField },
    example: { caseId: 5 },
  },
  'day-in-future': { status: 422, means: 'The day has not come' },
  'incomes-incomplete': {
    status: 422,
    means: 'Incomes of exactly so many months are needed',
    details: { required: z.int() },
    example: { required: 6 },
  },
} satisfies Record<string, RefusalSpec>
