import { z } from 'zod'
import { authorOf, reachOf, readApiKeys } from '../../core/access/api-keys.ts'
import { type Town } from '../../core/context.ts'
import { importFile } from '../../core/exchange/import-file.ts'
import {
  type Batch,
  type BatchFilter,
  readBatch,
  readBatches,
} from '../../core/exchange/read-batches.ts'
import { undoBatch } from '../../core/exchange/undo-batch.ts'
import { refuse } from '../../core/result.ts'
import { answer, type Caller, endpoint, type RefusalSpec, reply } from '../endpoint.ts'
import { idField, idText, instantField, limitText, named, providerField } from '../fields.ts'
import { FORBIDDEN, mayUse, withinReach } from './reach.ts'
import { encodingField, kindField, REFUSED_REPORT, Report, REPORT } from './import-report.ts'

const FILE_NAME_CHARS = 200
const REASON_CHARS = 500
const BATCHES_MAX = 100

const BatchView = named(
  'Batch',
  z.strictObject({
    id: idField,
    kind: kindField,
    provider: z.string().nullable().meta({ description: 'Code of the sender, if one was given' }),
    fileName: z.string(),
    state: z.enum(['applied', 'undone']),
    author: z.string(),
    appliedAt: instantField,
    undoneAt: instantField.nullable(),
    report: Report,
  }),
)
const BATCH: z.input<typeof BatchView> = {
  id: 7,
  kind: 'payments',
  provider: '55101018',
  fileName: 'oplata-2026-10.dbf',
  state: 'applied',
  author: 'api:accounting',
  appliedAt: '2026-11-05T10:00:00.000Z',
  undoneAt: null,
  report: REPORT,
}

const UNREADABLE: RefusalSpec = { status: 422, means: 'The file is not a table we can read' }
const unreadable = (means: string, details: z.ZodRawShape = {}, example: object = {}) => ({
  status: 422,
  means,
  details,
  example,
})
const NOT_FOUND: RefusalSpec = { status: 404, means: 'No such import within the reach of the key' }

const importOne = endpoint({
  method: 'post',
  path: '/api/v1/imports',
  activity: 'imports',
  summary: 'Import a file',
  description:
    'The body is the file itself, at most 64 MB: csv or dbf, of one kind. All rows are applied, or ' +
    'none when one of them is refused. The same file again changes nothing and gives the first report.',
  query: z.strictObject({
    kind: kindField,
    provider: providerField
      .optional()
      .meta({ description: 'The sender: rows that name no provider are its' }),
    dryRun: z
      .stringbool({ truthy: ['true'], falsy: ['false'] })
      .default(false)
      .meta({ description: 'Everything but the writing' }),
    encoding: encodingField.optional().meta({ description: 'Wins over what the content says' }),
    fileName: z.string().max(FILE_NAME_CHARS).default('').meta({ description: 'For the record' }),
  }),
  body: 'file',
  answers: {
    200: answer('Dry run, or the file was applied before', Report, { ...REPORT, batchId: null }),
    201: answer('Applied', Report, REPORT),
  },
  refusals: {
    'rows-refused': {
      status: 422,
      means: 'Rows cannot be imported, so nothing was; the report names them',
      details: { report: Report },
      example: { report: REFUSED_REPORT },
    },
    'column-missing': unreadable(
      'Columns of this kind are not in the file',
      { missing: z.array(z.string()), found: z.array(z.string()) },
      { missing: ['SUMMA'], found: ['RAH', 'DATA'] },
    ),
    'no-rows': unreadable('The file has a heading and nothing under it'),
    'too-many-rows': unreadable('Send it in parts', { limit: z.int() }, { limit: 500_000 }),
    'unknown-provider': unreadable(
      'The sender is no provider of the town',
      { provider: z.string() },
      { provider: '55101018' },
    ),
    'empty-file': unreadable('The body is empty'),
    'unsupported-type': unreadable('Neither csv nor dbf', { found: z.string() }, { found: 'xlsx' }),
    'unknown-encoding': unreadable('The encoding cannot be told: give it'),
    'mixed-encodings': unreadable(
      'Lines are in different encodings',
      { lines: z.array(z.int()) },
      { lines: [4, 17] },
    ),
    'bad-heading': UNREADABLE,
    'duplicate-heading': unreadable(
      'Two columns have one name',
      { name: z.string(), columns: z.array(z.int()) },
      { name: 'SUMMA', columns: [3, 5] },
    ),
    'bad-header': UNREADABLE,
    'record-length-mismatch': UNREADABLE,
    'unsupported-column-type': unreadable(
      'A column of a type that is not read',
      { column: z.string(), type: z.string() },
      { column: 'FOTO', type: 'G' },
    ),
    'file-cut': unreadable(
      'The file ends before the records its heading announces',
      { present: z.int(), expected: z.int() },
      { present: 840, expected: 842 },
    ),
    forbidden: FORBIDDEN,
  },
  async run({ caller, file, query, town }) {
    const { dryRun, encoding, fileName, kind, provider = onlyOne(caller) } = query
    const isLimited = caller.reach !== 'town'
    // A limited key may not rewrite the register of providers, where the bank accounts are.
    if (isLimited && (kind === 'providers' || !provider || !mayUse(caller, provider)))
      return refuse('forbidden')
    const imported = await importFile(town, {
      kind,
      fileName,
      content: file,
      dryRun,
      ownOnly: isLimited,
      author: caller.author,
      ...(provider === undefined ? {} : { provider }),
      ...(encoding === undefined ? {} : { encoding }),
    })
    if (!imported.ok) return imported
    const report = imported.value
    return reply(dryRun || report.replayed ? 200 : 201, report)
  },
})

const listImports = endpoint({
  method: 'get',
  path: '/api/v1/imports',
  activity: 'imports',
  summary: 'List applied imports',
  description:
    'Newest first. For the next page give the last `id` as `before`. A key limited to a provider sees ' +
    'what such keys brought.',
  query: z.strictObject({
    kind: kindField.optional(),
    provider: providerField.optional().meta({ description: 'Only of this sender' }),
    before: idText.optional(),
    limit: limitText(BATCHES_MAX),
  }),
  answers: {
    200: answer('Imports', named('Batches', z.strictObject({ imports: z.array(BatchView) })), {
      imports: [BATCH],
    }),
  },
  refusals: { forbidden: FORBIDDEN },
  async run({ caller, query, town }) {
    const { before, kind, limit, provider } = query
    if (provider !== undefined && !mayUse(caller, provider)) return refuse('forbidden')
    const batches = await readBatches(town, {
      limit,
      ...(await visibleTo(town, caller)),
      ...(provider === undefined ? {} : { providers: [provider] }),
      ...(before === undefined ? {} : { before }),
      ...(kind === undefined ? {} : { kind }),
    })
    return reply(200, { imports: batches.map(batchView) })
  },
})

const showImport = endpoint({
  method: 'get',
  path: '/api/v1/imports/:id',
  activity: 'imports',
  summary: 'Show an import',
  params: z.strictObject({ id: idText }),
  answers: { 200: answer('The import', BatchView, BATCH) },
  refusals: { 'batch-not-found': NOT_FOUND },
  async run({ caller, params, town }) {
    const batch = await readBatch(town, params.id, await visibleTo(town, caller))
    return batch ? reply(200, batchView(batch)) : refuse('batch-not-found')
  },
})

const undoImport = endpoint({
  method: 'post',
  path: '/api/v1/imports/:id/undo',
  activity: 'imports',
  summary: 'Undo an import',
  description: 'Money is taken back by reversals; the same file may be applied again afterwards.',
  params: z.strictObject({ id: idText }),
  body: named('Undo', z.strictObject({ reason: z.string().trim().min(1).max(REASON_CHARS) })),
  answers: {
    200: answer(
      'Undone',
      named('Undone', z.strictObject({ batchId: idField, kind: kindField, undone: z.int() })),
      { batchId: 7, kind: 'payments', undone: 840 },
    ),
  },
  refusals: {
    'batch-not-found': NOT_FOUND,
    'already-undone': { status: 409, means: 'It was undone before' },
    'registry-not-undoable': {
      status: 422,
      means: 'Providers, services, tariffs, accounts and meters are corrected by another file',
    },
    'month-issued': { status: 409, means: 'Charges of an issued month are final' },
    'reading-billed': { status: 409, means: 'A reading of the file belongs to an issued month' },
    'payment-reversed': {
      status: 409,
      means: 'A payment of the file was taken back by a later file: undo that one first',
    },
  },
  async run({ body, caller, params, town }) {
    const own = await readBatch(town, params.id, await visibleTo(town, caller))
    if (!own) return refuse('batch-not-found')
    const { author } = caller
    const undone = await undoBatch(town, { batchId: params.id, author, reason: body.reason })
    return undone.ok ? reply(200, undone.value) : undone
  },
})

/** Everything about files that come in. */
export const importEndpoints = [importOne, listImports, showImport, undoImport]

/**
 * A limited key sees what limited keys of its providers brought. What others brought in the name of a
 * provider may hold rows of all of them: that is for keys of the whole town.
 */
async function visibleTo(town: Town, { reach }: Caller): Promise<BatchFilter> {
  if (reach === 'town') return {}
  const keys = await readApiKeys(town)
  const limited = keys.filter(({ scopes }) => {
    const reached = reachOf(scopes, 'imports')
    return reached !== null && reached !== 'town'
  })
  return { ...withinReach(reach), authors: limited.map(authorOf) }
}

function onlyOne({ reach }: Caller): string | undefined {
  return reach !== 'town' && reach.size === 1 ? [...reach][0] : undefined
}

function batchView({ appliedAt, undoneAt, ...batch }: Batch): z.input<typeof BatchView> {
  return {
    ...batch,
    appliedAt: appliedAt.toISOString(),
    undoneAt: undoneAt?.toISOString() ?? null,
  }
}
