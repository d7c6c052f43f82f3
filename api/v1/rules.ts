import { z } from 'zod'
import { dayIn, plainDate } from '../../core/period.ts'
import { refuse } from '../../core/result.ts'
import { findRuleOwner, readRules } from '../../core/tariffs/read-rules.ts'
import { recordRule, retireRule } from '../../core/tariffs/record-rule.ts'
import { findScope } from '../../core/tariffs/rule-scope.ts'
import { answer, type Caller, endpoint, reply } from '../endpoint.ts'
import { idField, idText, limitText, named, providerField } from '../fields.ts'
import { FORBIDDEN, mayUse, withinReach } from './reach.ts'
import { ById, dayField, documentField, RANGE_WRONG } from './staff-fields.ts'

const RULES_MAX = 1000
const KIND = z.string().min(1).max(40)
const SERVICE = z.string().min(1).max(12)
const Value = z
  .record(z.string().max(40), z.unknown())
  .meta({ description: 'What it decides; the shape depends on the kind, decimals are text' })

const Rule = named(
  'Rule',
  z.strictObject({
    id: idField,
    kind: z.string(),
    key: z.string().meta({ description: 'Category, defect or zone; empty when there is one' }),
    provider: z.string().nullable().meta({ description: 'Null: every provider' }),
    service: z.string().nullable(),
    houseId: idField.nullable(),
    accountId: idField.nullable(),
    fromDay: dayField,
    toDay: dayField.nullable().meta({ description: 'First day it is no longer in force' }),
    value: Value,
    source: z.string().meta({ description: 'The law or decision it comes from' }),
  }),
)

const list = endpoint({
  method: 'get',
  path: '/api/v1/rules',
  activity: 'read',
  summary: 'List rules in force',
  description: 'Norms, terms, percentages and methods of a day, today unless told otherwise.',
  query: z.strictObject({
    on: dayField.optional(),
    kind: KIND.optional(),
    after: idText.optional(),
    limit: limitText(RULES_MAX),
  }),
  answers: {
    200: answer(
      'Rules of the town and of the providers the key reaches, by id',
      named('Rules', z.strictObject({ rules: z.array(Rule) })),
      {
        rules: [
          {
            ...{ id: 7, kind: 'penalty', key: '', provider: null, service: null, houseId: null },
            ...{ accountId: null, fromDay: plainDate('2019-05-01'), toDay: null },
            ...{ value: { perDay: '0.0001', capPercent: '100' }, source: 'Закон № 2189-VIII' },
          },
        ],
      },
    ),
  },
  refusals: {},
  async run({ caller, query, town }) {
    const on = query.on ?? dayIn(town.now(), town.zone)
    const rules = await readRules(town, { ...query, on, ...withinReach(caller.reach) })
    return reply(200, { rules })
  },
})

const record = endpoint({
  method: 'post',
  path: '/api/v1/rules',
  activity: 'accounts',
  summary: 'Record a rule',
  description:
    'From its first day it takes the place of the rule of the same kind, key and scope; months already ' +
    'charged are charged again. Without a provider, account or house it counts for the whole town.',
  body: named(
    'NewRule',
    z.strictObject({
      kind: KIND,
      key: z.string().max(40).default(''),
      provider: providerField.optional(),
      service: SERVICE.optional(),
      houseId: idField.optional(),
      accountId: idField.optional(),
      from: dayField,
      to: dayField.optional(),
      value: Value,
      source: documentField,
    }),
  ),
  answers: {
    200: answer(
      'Recorded, or known before',
      named('RuleRecorded', z.strictObject({ ruleId: idField, isNew: z.boolean() })),
      { ruleId: 31, isNew: true },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'rule-unknown': { status: 422, means: 'No rules of this kind, or none of this key' },
    'rule-value-invalid': {
      status: 422,
      means: 'The value is not of its kind’s shape',
      details: { at: z.string() },
      example: { at: 'perDay' },
    },
    'range-wrong': RANGE_WRONG,
    'scope-unknown': { status: 404, means: 'No such provider, service, house or account' },
  },
  async run({ body, caller, town }) {
    const { accountId, from, houseId, key, kind, provider, service, source, to, value } = body
    const scope = { accountId, houseId, provider, service }
    const found = await findScope(town, scope)
    if (!mayDecide(caller, found?.owner ?? provider ?? '')) return refuse('forbidden')
    const rule = { kind, key, scope, fromDay: from, toDay: to, value, source }
    const recorded = await recordRule(town, rule)
    return recorded.ok ? reply(200, recorded.value) : recorded
  },
})

const retire = endpoint({
  method: 'post',
  path: '/api/v1/rules/:id/retire',
  activity: 'accounts',
  summary: 'Take a rule back',
  description: 'It stays in the history; months it touched are charged again.',
  params: ById,
  answers: {
    200: answer(
      'Taken back',
      named('RuleRetired', z.strictObject({ state: z.literal('retired') })),
      { state: 'retired' },
    ),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'rule-not-found': { status: 404, means: 'No such rule in force' },
  },
  async run({ caller, params, town }) {
    const owner = await findRuleOwner(town, params.id)
    if (owner === null) return refuse('rule-not-found')
    if (!mayDecide(caller, owner)) return refuse('forbidden')
    const retired = await retireRule(town, params.id)
    return retired.ok ? reply(200, { state: 'retired' } as const) : retired
  },
})

/** Rules of the whole town are nobody's who is limited to providers. */
function mayDecide(caller: Caller, owner: string): boolean {
  return owner === '' ? caller.reach === 'town' : mayUse(caller, owner)
}

/** Dated rules of charging. */
export const ruleEndpoints = [list, record, retire]
