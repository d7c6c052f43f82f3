import { z } from 'zod'
import { SINGLE_BYTE } from '../../core/exchange/formats/encoding.ts'
import { IMPORT_KINDS } from '../../core/exchange/kind.ts'
import { type ImportReport } from '../../core/exchange/report.ts'
import { named } from '../fields.ts'

export const kindField = z.enum(IMPORT_KINDS)
export const encodingField = z.enum(['utf-8', 'utf-16le', 'utf-16be', ...SINGLE_BYTE])

const Finding = named(
  'Finding',
  z.strictObject({
    line: z.int().meta({ description: 'Line of the file; the heading is line 1' }),
    column: z.string().nullable().meta({ description: 'Heading; null for the whole row' }),
    code: z.string(),
    value: z.string().nullable().meta({ description: 'What stands there; null when personal' }),
  }),
)

/** What an import did, or would do. */
export const Report = named(
  'ImportReport',
  z.strictObject({
    batchId: z.int().nullable().meta({ description: 'Null when nothing was applied' }),
    replayed: z.boolean().meta({ description: 'The file was applied before; nothing was done' }),
    kind: kindField,
    type: z.enum(['csv', 'dbf']),
    encoding: encodingField,
    delimiter: z.enum([';', '\t', '|', ',']).nullable(),
    rows: z.int(),
    accepted: z.int(),
    refused: z.int(),
    new: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    deleted: z.int().meta({ description: 'Records marked as deleted, passed over' }),
    sums: z.record(z.string(), z.string()).meta({
      description: 'Control totals over accepted rows, by heading',
    }),
    units: z.record(z.string(), z.enum(['kopecks', 'hundredths', 'units'])).meta({
      description: 'What each total counts; hundredths are of a square metre',
    }),
    errors: z.array(Finding).meta({ description: 'At most 1000' }),
    warnings: z.array(Finding).meta({ description: 'At most 1000' }),
    unreconciled: z.int().optional().meta({
      description: 'Charges and payments: months whose statement does not close as the file says',
    }),
    undo: z.strictObject({ author: z.string(), reason: z.string() }).optional().meta({
      description: 'Who undid the batch and why',
    }),
  }),
)

/** A report for the document. */
export const REPORT: ImportReport = {
  batchId: 7,
  replayed: false,
  kind: 'payments',
  type: 'dbf',
  encoding: 'cp866',
  delimiter: null,
  rows: 842,
  accepted: 842,
  refused: 0,
  new: 840,
  changed: 0,
  unchanged: 2,
  deleted: 0,
  sums: { SUMMA: '18406211' },
  units: { SUMMA: 'kopecks' },
  errors: [],
  warnings: [],
  unreconciled: 0,
}

/** A report of a file that was refused, for the document. */
export const REFUSED_REPORT: ImportReport = {
  ...REPORT,
  batchId: null,
  accepted: 841,
  refused: 1,
  errors: [{ line: 15, column: 'SUMMA', code: 'amount-unreadable', value: '12-50' }],
}
