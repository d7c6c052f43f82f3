import { bulkInsert } from '../../db/bulk-insert.ts'
import { type PlainDate } from '../../period.ts'
import { type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'

type Day = { day: PlainDate; isOff: boolean; source: string }
type DayRow = FileRow & Day

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      day: { headings: ['Дата', 'DATA'] },
      isOff: { headings: ['Вихідний', 'Выходной'] },
      source: { headings: ['Підстава', 'Основание'] },
    },
  },
]

const ANSWERS: ReadonlyMap<string, boolean> = new Map([
  ['так', true],
  ['да', true],
  ['ні', false],
  ['нет', false],
])

/**
 * Days that are not as their weekday: holidays, and working Saturdays. A known day with other words
 * changes. The calendar is the whole town's: rows of a sender who may send only its own are refused,
 * `foreign-provider`.
 */
export const calendar = defineKind<DayRow>({
  layouts: LAYOUTS,
  totals: {},
  read: readRow,
  async plan(job, rows) {
    if (job.ownOnly) for (const row of rows) job.findings.refuse(row.line, null, 'foreign-provider')
    const stored = await job.tx.sql.many<Day>`
      select day, is_off as "isOff", source from calendar_day
      where day = any(${rows.map((row) => row.day)}::date[])`
    const { fresh, changed } = await compareRows(job.findings, rows, {
      key: (row) => row.day,
      content,
      stored: new Map(stored.map((row) => [row.day, content(row)])),
      contradiction: { role: 'day', code: 'duplicate-day' },
    })
    return {
      fresh,
      changed,
      apply: (batchId) => store(job, batchId, [...fresh, ...changed]),
    }
  },
})

function readRow(cells: Cells): DayRow {
  const isOff = ANSWERS.get(cells.words('isOff', 10).toLowerCase())
  if (isOff === undefined) cells.refuse('isOff', 'answer-unknown')
  return {
    line: cells.line,
    day: cells.day('day'),
    isOff: isOff ?? false,
    source: cells.words('source'),
  }
}

function content({ isOff, source }: Day) {
  return [isOff, source]
}

async function store({ tx }: Job, batchId: number, rows: readonly DayRow[]): Promise<void> {
  const columns = { day: 'date', is_off: 'bool', source: 'text', batch_id: 'int4' }
  const values = rows.map((row) => [row.day, row.isOff, row.source, batchId])
  await bulkInsert(tx.sql, 'calendar_day', columns, values, {
    onConflict: { columns: ['day'], update: ['is_off', 'source', 'batch_id'] },
  })
}
