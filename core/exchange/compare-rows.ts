import { setImmediate } from 'node:timers/promises'
import { type Findings } from './findings.ts'
import { type FileRow } from './kind.ts'

/** What a row says, value by value; `null` is the same as nothing. */
type Content = readonly (string | number | bigint | boolean | null)[]

type Comparison<Row> = {
  key: (row: Row) => string
  content: (row: Row) => Content
  /** What the town knows, by key. */
  stored: ReadonlyMap<string, Content>
  /** Refusal of a row whose key stands in the file twice with different content. */
  contradiction: { role: string; code: string }
  /** Refusal of a row the town knows otherwise; without it such a row is a change. */
  conflict?: { role: string; code: string }
}

/** Rows compared before other work of the process gets its turn. */
const ROWS_A_TURN = 5000

/**
 * Parts rows into those that are new and those that change what is stored; the rest say what is known.
 * A row that repeats an earlier one word for word is warned of (`repeated-row`) and left out.
 */
export async function compareRows<Row extends FileRow>(
  findings: Findings,
  rows: readonly Row[],
  { key, content, stored, contradiction, conflict }: Comparison<Row>,
): Promise<{ fresh: Row[]; changed: Row[] }> {
  const seen = new Map<string, Row>()
  const fresh: Row[] = []
  const changed: Row[] = []
  for (const [index, row] of rows.entries()) {
    if (index % ROWS_A_TURN === ROWS_A_TURN - 1) await setImmediate()
    const rowKey = key(row)
    const earlier = seen.get(rowKey)
    if (earlier) {
      if (isSame(content(earlier), content(row))) findings.warn(row.line, null, 'repeated-row')
      else findings.refuse(row.line, contradiction.role, contradiction.code)
      continue
    }
    seen.set(rowKey, row)
    const known = stored.get(rowKey)
    if (!known) fresh.push(row)
    else if (isSame(known, content(row))) continue
    else if (conflict) findings.refuse(row.line, conflict.role, conflict.code)
    else changed.push(row)
  }
  return { fresh, changed }
}

function isSame(a: Content, b: Content): boolean {
  return a.length === b.length && a.every((value, index) => (value ?? '') === (b[index] ?? ''))
}
