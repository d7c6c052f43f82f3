import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type Context } from '../core/context.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'
import { period, type Period } from '../core/period.ts'
import { csvLines } from '../core/reports/csv.ts'
import { type ReportInput } from '../core/reports/open-scope.ts'
import { readReport, REPORT_NAMES, type ReportName } from '../core/reports/read-report.ts'
import { GRAINS, type Report } from '../core/reports/report.ts'
import { cellText, wireRow } from '../core/reports/wire-cell.ts'

const USAGE = `npm run -s report -- NAME [--provider CODE] [--from 2026-01] [--to 2026-10] [--as-of ISO]
                         [--by ${GRAINS.join('|')}] [--json|--csv]
NAME is ${REPORT_NAMES.join(', ')};
without --provider all of them, without --to this month, without --from the month of --to
`
const DONE = 0
const REFUSED = 1
const WRONG_USAGE = 2
/** Text given out at a time. */
const PIECE_CHARS = 64 * 1024

const FORMATS = { json: jsonPieces, csv: csvLines, text: textLines }
type Format = keyof typeof FORMATS
type Asked = { name: ReportName; format: Format; input: ReportInput }

const Instant = z.iso.datetime({ offset: true })

/**
 * Prints a report as text with tabs, csv or JSON, in bounded memory however long it is. Gives 0, 1 when
 * it is refused, 2 for arguments it does not know.
 */
export async function runReport(
  ctx: Context,
  argv: readonly string[],
  io: ControlOutput,
): Promise<number> {
  const asked = readArgs(argv)
  if (!asked) {
    io.err(USAGE)
    return WRONG_USAGE
  }
  const read = await readReport(ctx, asked.name, asked.input)
  if (!read.ok) {
    const { ok: _ok, ...refusal } = read
    io.err(asked.format === 'json' ? `${JSON.stringify(refusal)}\n` : `${read.code}\n`)
    return REFUSED
  }
  let piece = ''
  for await (const text of FORMATS[asked.format](read.value.report)) {
    piece += text
    if (piece.length < PIECE_CHARS) continue
    io.out(piece)
    piece = ''
  }
  if (piece !== '') io.out(piece)
  return DONE
}

async function* jsonPieces({ columns, rows, totals }: Report): AsyncGenerator<string> {
  yield `{"columns":${JSON.stringify(columns)},"rows":[`
  let separator = '\n'
  for await (const row of rows) {
    yield separator + JSON.stringify(wireRow(columns, row))
    separator = ',\n'
  }
  yield `\n],"totals":${JSON.stringify(totals.map((row) => wireRow(columns, row)))}}\n`
}

async function* textLines({ columns, rows, totals }: Report): AsyncGenerator<string> {
  const line = (cells: readonly string[]) =>
    `${cells.map((text) => text.replaceAll(/\s+/g, ' ')).join('\t')}\n`
  yield line(columns.map(({ name }) => name))
  for await (const row of rows)
    yield line(columns.map(({ name, unit }) => cellText(row[name], unit)))
  for (const total of totals)
    yield line(['total', ...columns.slice(1).map(({ name, unit }) => cellText(total[name], unit))])
}

function readArgs(argv: readonly string[]): Asked | null {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        provider: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        'as-of': { type: 'string' },
        by: { type: 'string' },
        json: { type: 'boolean', default: false },
        csv: { type: 'boolean', default: false },
      },
    })
    const { by, csv, from, json, provider, to } = values
    const name = REPORT_NAMES.find((known) => known === positionals[0])
    const grain = GRAINS.find((known) => known === by)
    if (!name || positionals.length > 1 || (by !== undefined && !grain) || (json && csv))
      return null
    const input: ReportInput = {
      ...(provider !== undefined && { providerCode: provider }),
      ...(from !== undefined && { from: readMonth(from) }),
      ...(to !== undefined && { to: readMonth(to) }),
      ...(values['as-of'] !== undefined && { asOf: new Date(Instant.parse(values['as-of'])) }),
      ...(grain && { grain }),
    }
    return { name, format: json ? 'json' : csv ? 'csv' : 'text', input }
  } catch {
    // parseArgs throws for a flag it does not know, the others for what is no month or moment.
    return null
  }
}

function readMonth(text: string): Period {
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(text) ?? []
  return period(Number(`${year}${month}`))
}
