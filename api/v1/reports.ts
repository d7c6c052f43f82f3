import { z } from 'zod'
import { csvLines } from '../../core/reports/csv.ts'
import { type ReportInput } from '../../core/reports/open-scope.ts'
import { readReport, REPORT_NAMES } from '../../core/reports/read-report.ts'
import { type AnyRow, GRAINS, type Report } from '../../core/reports/report.ts'
import { wireRow } from '../../core/reports/wire-cell.ts'
import { period } from '../../core/period.ts'
import { refuse } from '../../core/result.ts'
import { answer, endpoint, reply } from '../endpoint.ts'
import { instantField, monthField, monthText, named, providerField } from '../fields.ts'
import { FORBIDDEN, mayUse } from './reach.ts'

/** An answer is held whole; a longer report comes out of the command line. */
const ROWS_MAX = 20_000

const Row = named(
  'ReportRow',
  z.record(z.string(), z.union([z.string(), z.int(), z.null()])).meta({
    description:
      'Cells by column: kopecks are decimal text, quantities and percents decimal text with a dot, ' +
      'months and counts numbers',
  }),
)
const ReportView = named(
  'Report',
  z.strictObject({
    name: z.enum(REPORT_NAMES),
    from: monthField,
    to: monthField,
    asOf: instantField,
    columns: z.array(
      z.strictObject({
        name: z.string(),
        unit: z.enum(['text', 'month', 'count', 'kopecks', 'quantity', 'percent']),
      }),
    ),
    rows: z.array(Row).meta({ description: 'Empty when the report is asked for as csv' }),
    totals: z
      .array(Row)
      .meta({ description: 'The cells that add up; several rows where units differ' }),
    csv: z
      .string()
      .optional()
      .meta({ description: 'With `format=csv`: the whole file, utf-8, `;`, CRLF' }),
  }),
)

const report = endpoint({
  method: 'get',
  path: '/api/v1/reports/:name',
  activity: 'read',
  summary: 'Report',
  description:
    '`turnover`, `debt-age` (at the end of `to`), `coverage` of readings, `consumption`, `claims` of ' +
    'benefits and subsidies and their `claim-lines` by account. Without `provider` of the whole town, ' +
    'for a key that reaches it; without `to` of this month, without `from` of that month alone. With ' +
    '`asOf` as it was known at that moment: the same question about the past has the same answer.',
  params: z.strictObject({ name: z.enum(REPORT_NAMES) }),
  query: z.strictObject({
    provider: providerField.optional(),
    from: monthText.optional(),
    to: monthText.optional(),
    asOf: z.iso.datetime({ offset: true }).optional(),
    by: z.enum(GRAINS).optional(),
    format: z.enum(['json', 'csv']).default('json'),
  }),
  answers: {
    200: answer('The report', ReportView, {
      name: 'coverage',
      from: period(202610),
      to: period(202610),
      asOf: '2026-11-05T10:00:00.000Z',
      columns: [
        { name: 'name', unit: 'text' },
        { name: 'registers', unit: 'count' },
        { name: 'share', unit: 'percent' },
      ],
      rows: [{ name: 'Холодна вода', registers: 120, share: '98.33' }],
      totals: [{ registers: 120, share: '98.33' }],
    }),
  },
  refusals: {
    forbidden: FORBIDDEN,
    'provider-not-found': { status: 404, means: 'No provider of this code' },
    'range-ends-before-start': { status: 422, means: '`from` is after `to`' },
    'too-many-months': {
      status: 422,
      means: 'Ask for fewer months at a time',
      details: { limit: z.int() },
      example: { limit: 120 },
    },
    'too-many-rows': {
      status: 422,
      means: 'Ask for less at a time, or on the command line',
      details: { limit: z.int() },
      example: { limit: ROWS_MAX },
    },
    'as-of-in-future': { status: 422, means: 'Nothing is known of the future' },
    'as-of-unfinished': {
      status: 409,
      means:
        'A posting is under way that may still count before `asOf`: ask again, or up to `watermark`',
      details: { watermark: instantField },
      example: { watermark: '2026-11-05T10:00:00.000Z' },
    },
  },
  async run({ caller, params: { name }, query, town }) {
    const isAllowed =
      query.provider === undefined ? caller.reach === 'town' : mayUse(caller, query.provider)
    if (!isAllowed) return refuse('forbidden')
    const read = await readReport(town, name, inputOf(query))
    if (!read.ok) return read
    const made = read.value.report
    const rows = await firstRows(made)
    if (rows.length > ROWS_MAX) return refuse('too-many-rows', { limit: ROWS_MAX })
    const { asOf, from, to } = read.value.scope
    const { columns, totals } = made
    const head = { name, from, to, asOf: asOf.toISOString(), columns: [...columns] }
    const sums = totals.map((row) => wireRow(columns, row))
    if (query.format === 'json')
      return reply(200, { ...head, rows: rows.map((row) => wireRow(columns, row)), totals: sums })
    return reply(200, { ...head, rows: [], totals: sums, csv: await csvOf({ ...made, rows }) })
  },
})

/** What is owed, used, read and claimed. */
export const reportEndpoints = [report]

type Query = {
  provider?: string | undefined
  from?: ReportInput['from'] | undefined
  to?: ReportInput['to'] | undefined
  asOf?: string | undefined
  by?: ReportInput['grain'] | undefined
}

function inputOf({ asOf, by, from, provider, to }: Query): ReportInput {
  return {
    ...(provider !== undefined && { providerCode: provider }),
    ...(from && { from }),
    ...(to && { to }),
    ...(asOf !== undefined && { asOf: new Date(asOf) }),
    ...(by && { grain: by }),
  }
}

/** At most one row more than may be told. */
async function firstRows({ rows }: Report): Promise<AnyRow[]> {
  const first: AnyRow[] = []
  for await (const row of rows) {
    first.push(row)
    if (first.length > ROWS_MAX) break
  }
  return first
}

async function csvOf(whole: Report): Promise<string> {
  let text = ''
  for await (const line of csvLines(whole)) text += line
  return text
}
