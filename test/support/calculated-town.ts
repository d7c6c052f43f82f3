import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { checkMonth } from '../../core/billing/check-month.ts'
import { issueMonths } from '../../core/billing/issue-months.ts'
import { startMonthRun } from '../../core/billing/run/start-run.ts'
import { workOnRun } from '../../core/billing/run/work-on-run.ts'
import { type Context } from '../../core/context.ts'
import { importFile } from '../../core/exchange/import-file.ts'
import { type ImportKind } from '../../core/exchange/kind.ts'
import { type Period } from '../../core/period.ts'

const FOLDER = path.resolve('scripts/demo/isengard')

/** Imports one of the demo's files. Throws when it is refused. */
export async function importDemoFile(ctx: Context, kind: ImportKind, file: string): Promise<void> {
  await importContent(ctx, kind, await readFile(path.join(FOLDER, file)))
}

export async function importContent(
  ctx: Context,
  kind: ImportKind,
  content: Buffer,
): Promise<void> {
  const imported = await importFile(ctx, {
    ...{ kind, fileName: kind, content, dryRun: false, author: 'test' },
  })
  if (!imported.ok) throw new Error(`${kind}: ${JSON.stringify(imported).slice(0, 500)}`)
}

/** Reads a text of the demo's folder. */
export function readDemoFile(file: string): Promise<string> {
  return readFile(path.join(FOLDER, file), 'utf8')
}

/** Adds a rule of a service, or of the whole country without one, that has always been in force. */
export async function addRule(
  ctx: Context,
  given: { kind: string; value: object; service?: string; key?: string; fromDay?: string },
): Promise<void> {
  const { fromDay = '1900-01-01', key = '', kind, service, value } = given
  await ctx.sql.run`
    insert into rule (kind, key, service_id, from_day, value, source, recorded_at)
    select ${kind}, ${key}, s.id, ${fromDay}, ${value}, 'рішення', ${ctx.now()}
    from (select 1) one left join service s on s.code = ${service ?? null}`
}

/** Drafts, checks and issues a month of a provider; gives the run. Throws when something is refused. */
export async function chargeAndIssue(
  ctx: Context,
  given: { providerCode: string; month: Period; leaveOut?: boolean },
): Promise<number> {
  const { leaveOut = false, ...of } = given
  const runId = await draft(ctx, of)
  const checked = await checkMonth(ctx, { ...of, author: 'test', leaveOut })
  if (!checked.ok || !checked.value.checked) throw new Error(JSON.stringify(checked))
  const issued = await issueMonths(ctx, { ...of, author: 'test' })
  if (!issued.ok) throw new Error(JSON.stringify(issued))
  return runId
}

/** Drafts a month of a provider and gives the run. */
export async function draft(
  ctx: Context,
  given: { providerCode: string; month: Period },
): Promise<number> {
  const started = await startMonthRun(ctx, { ...given, author: 'test' })
  if (!started.ok) throw new Error(JSON.stringify(started))
  await workOnRun(ctx, started.value.runId)
  return started.value.runId
}
