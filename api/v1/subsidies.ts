import { z } from 'zod'
import { applyForSubsidy } from '../../core/billing/subsidy/apply-for-subsidy.ts'
import { CASE_STATES } from '../../core/billing/subsidy/case-state.ts'
import { grantSubsidy, refuseSubsidy } from '../../core/billing/subsidy/decide-case.ts'
import { endSubsidy } from '../../core/billing/subsidy/end-subsidy.ts'
import {
  readCase,
  readCases,
  readEndingCases,
  type SubsidyCase,
} from '../../core/billing/subsidy/read-cases.ts'
import { receiveDocument } from '../../core/billing/subsidy/receive-document.ts'
import { renewSubsidy } from '../../core/billing/subsidy/renew-subsidy.ts'
import { type Town } from '../../core/context.ts'
import { findAccountDetails } from '../../core/registry/find-account-details.ts'
import { refuse } from '../../core/result.ts'
import { answer, type Caller, endpoint, reply } from '../endpoint.ts'
import { idField, idText, limitText, named, providerField } from '../fields.ts'
import { FORBIDDEN, mayUse } from './reach.ts'
import { ById, dayField, reasonField } from './staff-fields.ts'
import {
  Application,
  CASE_EXAMPLE,
  CaseView,
  Cases,
  caseInput,
  caseView,
  DECIDED,
  NO_CASE,
  OPENING_REFUSALS,
  Renewal,
  RULE_REFUSALS,
} from './subsidy-schemas.ts'

const CASES_MAX = 100
const DAYS_MAX = 400

const Opened = named(
  'SubsidyOpened',
  z.strictObject({
    caseId: idField,
    number: z.string(),
    state: z.enum(CASE_STATES),
    decideBy: dayField,
    householdSize: z.int(),
    documents: z.array(z.string()).meta({ description: 'What it waits for' }),
  }),
)
const OPENED = answer('Opened', Opened, {
  caseId: 5,
  number: '2026-5',
  state: 'waiting-documents',
  decideBy: '2026-11-16',
  householdSize: 2,
  documents: ['Довідка про доходи'],
})

const list = endpoint({
  method: 'get',
  path: '/api/v1/subsidies',
  activity: 'accounts',
  summary: 'List subsidy cases',
  description:
    'Without `state` the cases that wait for a decision. The earliest deadline first, so overdue ones ' +
    'lead. `after` is the id of the last case of the page before.',
  query: z.strictObject({
    provider: providerField,
    state: z.enum(CASE_STATES).optional(),
    after: idText.optional(),
    limit: limitText(CASES_MAX),
  }),
  answers: { 200: answer('Cases', Cases, { cases: [CASE_EXAMPLE] }) },
  refusals: { forbidden: FORBIDDEN },
  async run({ caller, query, town }) {
    const { after, limit, provider: providerCode, state } = query
    if (!mayUse(caller, providerCode)) return refuse('forbidden')
    const page = { providerCode, limit, ...(after ? { after } : {}), ...(state ? { state } : {}) }
    return reply(200, { cases: (await readCases(town, page)).map(caseView) })
  },
})

const listEnding = endpoint({
  method: 'get',
  path: '/api/v1/subsidies/ending',
  activity: 'accounts',
  summary: 'List subsidies that end soon',
  description: 'Granted ones that end within `days` from today, the soonest first.',
  query: z.strictObject({
    provider: providerField,
    days: z
      .string()
      .regex(/^\d{1,3}$/)
      .transform(Number)
      .pipe(z.int().max(DAYS_MAX)),
    after: idText.optional(),
    limit: limitText(CASES_MAX),
  }),
  answers: { 200: answer('Cases', Cases, { cases: [CASE_EXAMPLE] }) },
  refusals: { forbidden: FORBIDDEN },
  async run({ caller, query, town }) {
    const { after, days: withinDays, limit, provider: providerCode } = query
    if (!mayUse(caller, providerCode)) return refuse('forbidden')
    const page = { providerCode, withinDays, limit, ...(after ? { after } : {}) }
    return reply(200, { cases: (await readEndingCases(town, page)).map(caseView) })
  },
})

const show = endpoint({
  method: 'get',
  path: '/api/v1/subsidies/:id',
  activity: 'accounts',
  summary: 'Show a subsidy case',
  params: ById,
  answers: { 200: answer('The case', CaseView, CASE_EXAMPLE) },
  refusals: { 'case-not-found': NO_CASE },
  async run({ caller, params, town }) {
    const found = await findCase(town, caller, params.id)
    return found ? reply(200, caseView(found)) : refuse('case-not-found')
  },
})

const apply = endpoint({
  method: 'post',
  path: '/api/v1/subsidies',
  activity: 'accounts',
  summary: 'Open a subsidy case',
  description:
    'By application it waits for the documents of the rule; by discovery for none. Nothing is decided.',
  body: Application,
  answers: { 201: OPENED },
  refusals: {
    ...OPENING_REFUSALS,
    'account-not-found': { status: 404, means: 'No such account within the reach of the key' },
    'already-granted': {
      status: 409,
      means: 'A subsidy runs until that day: renew its case',
      details: { caseId: idField, until: dayField },
      example: { caseId: 5, until: '2027-05-01' },
    },
  },
  async run({ body, caller, town }) {
    const { accountId } = body
    const account = await findAccountDetails(town, accountId)
    if (!account || !mayUse(caller, account.provider.code)) return refuse('account-not-found')
    const opened = await applyForSubsidy(town, { accountId, ...caseInput(body, caller) })
    return opened.ok ? reply(201, openedView(opened.value)) : opened
  },
})

const renew = endpoint({
  method: 'post',
  path: '/api/v1/subsidies/:id/renew',
  activity: 'accounts',
  summary: 'Renew a subsidy',
  description: 'Opens the case that follows a running one, before that ends.',
  params: ById,
  body: Renewal,
  answers: { 201: OPENED },
  refusals: {
    ...OPENING_REFUSALS,
    'case-not-found': NO_CASE,
    'case-not-granted': { status: 409, means: 'The case was not granted, or was stopped' },
    'case-over': { status: 409, means: 'The subsidy has ended: open a new case' },
    'already-renewed': {
      status: 409,
      means: 'Another granted case follows it',
      details: { caseId: idField },
      example: { caseId: 6 },
    },
  },
  async run({ body, caller, params, town }) {
    if (!(await findCase(town, caller, params.id))) return refuse('case-not-found')
    const opened = await renewSubsidy(town, { caseId: params.id, ...caseInput(body, caller) })
    return opened.ok ? reply(201, openedView(opened.value)) : opened
  },
})

const receive = endpoint({
  method: 'post',
  path: '/api/v1/subsidies/:id/documents',
  activity: 'accounts',
  summary: 'Note that a document came',
  params: ById,
  body: named(
    'SubsidyDocument',
    z.strictObject({ document: z.string().trim().min(1).max(200), receivedOn: dayField }),
  ),
  answers: {
    200: answer(
      'Noted; what is still missing',
      named(
        'SubsidyDocuments',
        z.strictObject({ state: z.enum(CASE_STATES), missing: z.array(z.string()) }),
      ),
      { state: 'applied', missing: [] },
    ),
  },
  refusals: {
    'case-not-found': NO_CASE,
    'case-decided': DECIDED,
    'document-not-asked-for': { status: 422, means: 'The case does not wait for it' },
    'day-in-future': { status: 422, means: 'The day has not come' },
  },
  async run({ body, caller, params, town }) {
    if (!(await findCase(town, caller, params.id))) return refuse('case-not-found')
    const { author } = caller
    const received = await receiveDocument(town, { caseId: params.id, ...body, author })
    return received.ok ? reply(200, received.value) : received
  },
})

const grant = endpoint({
  method: 'post',
  path: '/api/v1/subsidies/:id/grant',
  activity: 'accounts',
  summary: 'Grant a subsidy',
  description: 'A late decision counts; `isLate` says that the deadline had passed.',
  params: ById,
  body: named('SubsidyGrant', z.strictObject({ fromDay: dayField })),
  answers: {
    200: answer(
      'Granted until before `toDay`',
      named(
        'SubsidyGranted',
        z.strictObject({ toDay: dayField, persons: z.int(), isLate: z.boolean() }),
      ),
      { toDay: '2027-05-01', persons: 2, isLate: false },
    ),
  },
  refusals: {
    ...RULE_REFUSALS,
    'case-not-found': NO_CASE,
    'case-decided': DECIDED,
    'documents-missing': {
      status: 422,
      means: 'The case waits for documents',
      details: { names: z.array(z.string()) },
      example: { names: ['Довідка про доходи'] },
    },
    'nobody-entitled': { status: 422, means: 'No person of the household counts' },
    'period-overlaps': {
      status: 409,
      means: 'Another case of the account is granted until that day',
      details: { caseId: idField, until: dayField },
      example: { caseId: 4, until: '2026-12-01' },
    },
  },
  async run({ body, caller, params, town }) {
    if (!(await findCase(town, caller, params.id))) return refuse('case-not-found')
    const { author } = caller
    const granted = await grantSubsidy(town, { caseId: params.id, ...body, author })
    return granted.ok ? reply(200, granted.value) : granted
  },
})

const decline = endpoint({
  method: 'post',
  path: '/api/v1/subsidies/:id/refuse',
  activity: 'accounts',
  summary: 'Refuse a subsidy',
  params: ById,
  body: named('SubsidyRefusal', z.strictObject({ reason: reasonField })),
  answers: {
    200: answer('Refused', named('SubsidyRefused', z.strictObject({ isLate: z.boolean() })), {
      isLate: false,
    }),
  },
  refusals: { 'case-not-found': NO_CASE, 'case-decided': DECIDED },
  async run({ body, caller, params, town }) {
    if (!(await findCase(town, caller, params.id))) return refuse('case-not-found')
    const { author } = caller
    const refused = await refuseSubsidy(town, { caseId: params.id, ...body, author })
    return refused.ok ? reply(200, refused.value) : refused
  },
})

const stop = endpoint({
  method: 'post',
  path: '/api/v1/subsidies/:id/end',
  activity: 'accounts',
  summary: 'Stop a subsidy early',
  params: ById,
  body: named(
    'SubsidyEnd',
    z.strictObject({
      day: dayField.meta({ description: 'First day without' }),
      reason: reasonField,
    }),
  ),
  answers: {
    200: answer(
      'Stopped; the end that had been granted',
      named('SubsidyEnded', z.strictObject({ grantedToDay: dayField })),
      { grantedToDay: '2027-05-01' },
    ),
  },
  refusals: {
    'case-not-found': NO_CASE,
    'case-not-granted': { status: 409, means: 'The case was not granted, or was stopped' },
    'day-outside-case': {
      status: 422,
      means: 'The subsidy does not run on that day',
      details: { fromDay: dayField, toDay: dayField },
      example: { fromDay: '2026-11-01', toDay: '2027-05-01' },
    },
  },
  async run({ body, caller, params, town }) {
    if (!(await findCase(town, caller, params.id))) return refuse('case-not-found')
    const { author } = caller
    const ended = await endSubsidy(town, { caseId: params.id, ...body, author })
    return ended.ok ? reply(200, ended.value) : ended
  },
})

/** Non-cash subsidies: cases from application or discovery to their end. */
export const subsidyEndpoints = [
  list,
  listEnding,
  show,
  apply,
  renew,
  receive,
  grant,
  decline,
  stop,
]

/** The case, or null when there is none within the reach of the key. */
async function findCase(town: Town, caller: Caller, id: number): Promise<SubsidyCase | null> {
  const found = await readCase(town, id)
  return found && mayUse(caller, found.provider) ? found : null
}

function openedView(opened: z.output<typeof Opened> & { income: bigint }): z.input<typeof Opened> {
  const { income: _income, ...view } = opened
  return view
}
