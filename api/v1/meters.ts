import { z } from 'zod'
import { readAccountMeters } from '../../core/metering/account-meters.ts'
import { installMeter } from '../../core/metering/install-meter.ts'
import { readMeterHistory } from '../../core/metering/meter-event.ts'
import { readOnVisit } from '../../core/metering/read-on-visit.ts'
import { removeMeter } from '../../core/metering/remove-meter.ts'
import { replaceMeter } from '../../core/metering/replace-meter.ts'
import { sealMeter } from '../../core/metering/seal-meter.ts'
import { verifyMeter } from '../../core/metering/verify-meter.ts'
import { plainDate } from '../../core/period.ts'
import { formatDecimal, type Quantity } from '../../core/quantity.ts'
import { type Refused } from '../../core/result.ts'
import { answer, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { idField, limitText, named } from '../fields.ts'
import { FORBIDDEN } from './reach.ts'
import {
  admitTo,
  ById,
  dayField,
  decimal,
  decimalField,
  documentField,
  HistoryLine,
  IN_FUTURE,
  NO_ACCOUNT,
  NO_AGREEMENT,
} from './staff-fields.ts'

const HISTORY_MAX = 500
const DIALS_MAX = 4
const DIGITS_MAX = 9

const NO_METER: RefusalSpec = { status: 404, means: 'No such meter' }
const ZONE = z.int().min(0).max(DIALS_MAX)
const ofZone = { details: { zone: ZONE }, example: { zone: 0 } }

const WORK_REFUSALS = {
  forbidden: FORBIDDEN,
  'meter-not-found': NO_METER,
  'meter-removed': { status: 409, means: 'The meter was removed' },
  'day-in-future': IN_FUTURE,
  'before-installation': { status: 422, means: 'The meter did not hang yet' },
} satisfies Record<string, RefusalSpec>
const VALUE_REFUSALS = {
  'zones-differ': { status: 422, means: 'Every dial of the meter has one value' },
  'value-too-large': { status: 422, means: 'The dial cannot show it', ...ofZone },
  'reading-below-previous': {
    status: 422,
    means: 'Below the previous value, and not said to be past zero',
    details: { zone: ZONE, previous: decimalField },
    example: { zone: 0, previous: '318' },
  },
} satisfies Record<string, RefusalSpec>
const NEW_REFUSALS = {
  'agreement-not-found': NO_AGREEMENT,
  'agreement-ended': { status: 409, means: 'The service is not delivered any more' },
  'serial-empty': { status: 422, means: 'The number has no signs that count' },
  'meter-exists': { status: 409, means: 'The agreement has, or had, a meter of this number' },
  'zones-wrong': { status: 422, means: 'One dial of zone 0, or dials of different zones from 1' },
  'verification-wrong': {
    status: 422,
    means: 'It ends before it begins, or before the meter hangs',
  },
} satisfies Record<string, RefusalSpec>

const Values = z
  .array(
    z.strictObject({
      zone: ZONE,
      value: decimalField,
      rolledOver: z.boolean().default(false).meta({ description: 'It is past the dial’s zero' }),
    }),
  )
  .min(1)
  .max(DIALS_MAX)
const NewMeter = z.strictObject({
  serial: z.string().trim().min(1).max(50),
  model: z.string().trim().max(100),
  place: z.string().trim().max(100),
  digits: z.int().min(1).max(DIGITS_MAX).meta({ description: 'Integer digits of the dial' }),
  dials: z
    .array(z.strictObject({ zone: ZONE, initial: decimalField }))
    .min(1)
    .max(DIALS_MAX),
  verifiedOn: dayField.nullable(),
  verifiedUntil: dayField.nullable(),
  seal: z.string().trim().min(1).max(50).nullable(),
})
const Act = { on: dayField, document: documentField }

function newMeter(meter: z.output<typeof NewMeter>) {
  const dials = meter.dials.map(({ initial, zone }) => ({ zone, initial: decimal(initial) }))
  return { ...meter, dials }
}

function seen(values: z.output<typeof Values>) {
  return values.map((one) => ({ ...one, value: decimal(one.value) }))
}

/** The refusal as the API tells it: values are text. */
function told<R extends Refused<string>>(refusal: R) {
  const { previous } = refusal as { previous?: Quantity }
  return previous === undefined ? refusal : { ...refusal, previous: formatDecimal(previous) }
}

const list = endpoint({
  method: 'get',
  path: '/api/v1/accounts/:id/meters',
  activity: 'read',
  summary: 'Meters of an account',
  params: ById,
  answers: {
    200: answer(
      'Every meter it has or had',
      named(
        'AccountMeters',
        z.strictObject({
          meters: z.array(
            z.strictObject({
              id: idField,
              agreementId: idField,
              service: z.string(),
              serial: z.string(),
              place: z.string(),
              zones: z.array(ZONE),
              installedOn: dayField.nullable(),
              removedOn: dayField.nullable(),
              verifiedUntil: dayField.nullable(),
              seal: z.string().nullable(),
            }),
          ),
        }),
      ),
      {
        meters: [
          {
            ...{ id: 3, agreementId: 1, service: '10', serial: '032264', place: 'кухня' },
            ...{ zones: [0], installedOn: plainDate('2024-04-16'), removedOn: null },
            ...{ verifiedUntil: plainDate('2028-04-15'), seal: null },
          },
        ],
      },
    ),
  },
  refusals: { forbidden: FORBIDDEN, 'account-not-found': NO_ACCOUNT },
  async run({ caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'account', params.id, 'account-not-found')
    if (!admitted.ok) return admitted
    return reply(200, { meters: await readAccountMeters(town, params.id) })
  },
})

const install = endpoint({
  method: 'post',
  path: '/api/v1/agreements/:id/meters',
  activity: 'accounts',
  summary: 'Install a meter',
  params: ById,
  body: named('Installation', z.strictObject({ ...Act, meter: NewMeter })),
  answers: {
    200: answer('Installed', named('InstalledMeter', z.strictObject({ meterId: idField })), {
      meterId: 14,
    }),
  },
  refusals: {
    forbidden: FORBIDDEN,
    ...NEW_REFUSALS,
    'day-in-future': IN_FUTURE,
    'value-too-large': VALUE_REFUSALS['value-too-large'],
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'agreement', params.id, 'agreement-not-found')
    if (!admitted.ok) return admitted
    const { document, meter, on } = body
    const at = { agreementId: params.id, on, document, author: caller.author }
    const installed = await installMeter(town, { ...at, meter: newMeter(meter) })
    return installed.ok ? reply(200, installed.value) : installed
  },
})

const VisitAnswer = answer(
  'Stored; `needsReview` when a value looks unusual',
  named('VisitStored', z.strictObject({ registrationNo: z.string(), needsReview: z.boolean() })),
  { registrationNo: '100241', needsReview: false },
)

const read = endpoint({
  method: 'post',
  path: '/api/v1/meters/:id/readings',
  activity: 'accounts',
  summary: 'Record what a controller saw',
  description:
    'It takes the place of what a person sent for the month. A value below the previous one is taken ' +
    'when it is said to be past zero.',
  params: ById,
  body: named('VisitReading', z.strictObject({ ...Act, values: Values })),
  answers: { 200: VisitAnswer },
  refusals: { ...WORK_REFUSALS, ...VALUE_REFUSALS },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'meter', params.id, 'meter-not-found')
    if (!admitted.ok) return admitted
    const work = { meterId: params.id, on: body.on, document: body.document, author: caller.author }
    const stored = await readOnVisit(town, { ...work, values: seen(body.values) })
    if (!stored.ok) return told(stored)
    const { needsReview, registrationNo } = stored.value
    return reply(200, { registrationNo: registrationNo.toString(), needsReview })
  },
})

const remove = endpoint({
  method: 'post',
  path: '/api/v1/meters/:id/remove',
  activity: 'accounts',
  summary: 'Remove a meter with its closing reading',
  params: ById,
  body: named('Removal', z.strictObject({ ...Act, closing: Values })),
  answers: { 200: VisitAnswer },
  refusals: { ...WORK_REFUSALS, ...VALUE_REFUSALS },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'meter', params.id, 'meter-not-found')
    if (!admitted.ok) return admitted
    const work = { meterId: params.id, on: body.on, document: body.document, author: caller.author }
    const removed = await removeMeter(town, { ...work, closing: seen(body.closing) })
    if (!removed.ok) return told(removed)
    const { needsReview, registrationNo } = removed.value
    return reply(200, { registrationNo: registrationNo.toString(), needsReview })
  },
})

const replace = endpoint({
  method: 'post',
  path: '/api/v1/meters/:id/replace',
  activity: 'accounts',
  summary: 'Replace a meter',
  description: 'The old is removed with its closing reading, the new hangs from the same day.',
  params: ById,
  body: named('Replacement', z.strictObject({ ...Act, closing: Values, meter: NewMeter })),
  answers: {
    200: answer(
      'Replaced',
      named(
        'ReplacedMeter',
        z.strictObject({
          meterId: idField,
          registrationNo: z.string(),
          needsReview: z.boolean(),
        }),
      ),
      { meterId: 15, registrationNo: '100242', needsReview: false },
    ),
  },
  refusals: { ...WORK_REFUSALS, ...VALUE_REFUSALS, ...NEW_REFUSALS },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'meter', params.id, 'meter-not-found')
    if (!admitted.ok) return admitted
    const work = { meterId: params.id, on: body.on, document: body.document, author: caller.author }
    const closing = seen(body.closing)
    const replaced = await replaceMeter(town, { ...work, closing, meter: newMeter(body.meter) })
    if (!replaced.ok) return told(replaced)
    const { registrationNo, ...rest } = replaced.value
    return reply(200, { ...rest, registrationNo: registrationNo.toString() })
  },
})

const seal = endpoint({
  method: 'post',
  path: '/api/v1/meters/:id/seal',
  activity: 'accounts',
  summary: 'Record a new seal',
  params: ById,
  body: named('Sealing', z.strictObject({ ...Act, seal: z.string().trim().min(1).max(50) })),
  answers: {
    200: answer('Recorded', named('Sealed', z.strictObject({ state: z.literal('sealed') })), {
      state: 'sealed',
    }),
  },
  refusals: WORK_REFUSALS,
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'meter', params.id, 'meter-not-found')
    if (!admitted.ok) return admitted
    const { author } = caller
    const sealed = await sealMeter(town, { ...body, meterId: params.id, author })
    return sealed.ok ? reply(200, { state: 'sealed' } as const) : sealed
  },
})

const verify = endpoint({
  method: 'post',
  path: '/api/v1/meters/:id/verify',
  activity: 'accounts',
  summary: 'Record a verification',
  params: ById,
  body: named(
    'Verification',
    z.strictObject({
      ...Act,
      until: dayField.meta({ description: 'Last day it is valid' }),
    }),
  ),
  answers: {
    200: answer('Recorded', named('Verified', z.strictObject({ replayed: z.boolean() })), {
      replayed: false,
    }),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'meter-not-found': NO_METER,
    'meter-removed': WORK_REFUSALS['meter-removed'],
    'day-in-future': IN_FUTURE,
    'verification-wrong': NEW_REFUSALS['verification-wrong'],
  },
  async run({ body, caller, params, town }) {
    const admitted = await admitTo({ town, caller }, 'meter', params.id, 'meter-not-found')
    if (!admitted.ok) return admitted
    const { author } = caller
    const verified = await verifyMeter(town, { ...body, meterId: params.id, author })
    return verified.ok ? reply(200, verified.value) : verified
  },
})

const history = endpoint({
  method: 'get',
  path: '/api/v1/meters/:id/history',
  activity: 'read',
  summary: 'History of a meter',
  params: ById,
  query: z.strictObject({ limit: limitText(HISTORY_MAX) }),
  answers: {
    200: answer(
      'What staff did to it, the latest first',
      named(
        'MeterHistory',
        z.strictObject({ events: z.array(HistoryLine.extend({ document: z.string() })) }),
      ),
      {
        events: [
          {
            ...{ id: 2, kind: 'sealed', day: plainDate('2026-11-05'), document: 'Акт № 7' },
            ...{ author: 'api:crews', details: { seal: 'A-17' }, at: '2026-11-05T10:00:00.000Z' },
          },
        ],
      },
    ),
  },
  refusals: { forbidden: FORBIDDEN, 'meter-not-found': NO_METER },
  async run({ caller, params, query, town }) {
    const admitted = await admitTo({ town, caller }, 'meter', params.id, 'meter-not-found')
    if (!admitted.ok) return admitted
    const events = await readMeterHistory(town, params.id, query)
    return reply(200, { events: events.map((row) => ({ ...row, at: row.at.toISOString() })) })
  },
})

/** What staff do with meters. */
export const meterEndpoints = [list, install, read, remove, replace, seal, verify, history]
