import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { chargeHere } from '../core/billing/charge-here.ts'
import { issueMonths } from '../core/billing/issue-months.ts'
import { type Context } from '../core/context.ts'
import { importFile } from '../core/exchange/import-file.ts'
import { type ImportKind } from '../core/exchange/kind.ts'
import { addMonths, period } from '../core/period.ts'

/** A file of a demo; rows that name no provider are `provider`'s. */
export type DemoFile = { kind: ImportKind; file: string; provider?: string }

const WATER = '55101018'
const HEAT = '55202042'
const HOUSING = '55303034'

const FILES: readonly DemoFile[] = [
  { kind: 'providers', file: 'providers.csv' },
  { kind: 'services', file: 'services.csv' },
  { kind: 'tariffs', file: 'tariffs.csv' },
  { kind: 'accounts', file: 'accounts.csv' },
  { kind: 'meters', file: 'meters.dbf' },
  { kind: 'charges', file: 'charges.dbf' },
  { kind: 'payments', file: 'payments.dbf' },
  { kind: 'readings', file: 'readings.csv' },
  { kind: 'rules', file: 'rules.csv' },
  // The files of the subsidy office do not say whose accounts they hold.
  { kind: 'subsidies', file: 'subsidy/J000001.dbf', provider: WATER },
  { kind: 'subsidies', file: 'subsidy/J000002.dbf', provider: HEAT },
  { kind: 'subsidies', file: 'subsidy/J000003.dbf', provider: HOUSING },
  { kind: 'benefits', file: `subsidy/2pilga-${WATER}-202610.dbf`, provider: WATER },
  { kind: 'benefits', file: `subsidy/2pilga-${HEAT}-202610.dbf`, provider: HEAT },
  { kind: 'benefits', file: `subsidy/2pilga-${HOUSING}-202610.dbf`, provider: HOUSING },
]

/** The last month of the demo's files. */
const LAST_MONTH = period(202610)
/** The files end there, whenever the demo is started; its bills bear this day. */
const IMPORTED_AT = new Date('2026-11-05T08:00:00Z')
const ISSUED_AT = new Date('2026-11-05T09:00:00Z')
export const AUTHOR = 'demo'

/**
 * Fills a town without providers from the demo's files and issues its months, or goes on where it was
 * interrupted; leaves any other town alone. `log` gets a line a step. Gives whether it had something
 * to do. Throws when a file is refused.
 */
export async function loadDemoTown(
  ctx: Context,
  folder: string,
  log: (line: string) => void,
): Promise<boolean> {
  if (!(await isDemoTown(ctx)) || (await isComplete(ctx))) return false
  await importDemoFiles({ ...ctx, now: () => IMPORTED_AT }, { folder, files: FILES, log })
  // From the next month on two of the three are charged here.
  for (const providerCode of [WATER, HOUSING]) {
    const taken = await chargeHere(ctx, { providerCode, from: addMonths(LAST_MONTH, 1) })
    if (!taken.ok) throw new Error(`${providerCode}: ${taken.code}`)
  }
  const afterwards = { ...ctx, now: () => ISSUED_AT }
  for (const providerCode of [WATER, HEAT, HOUSING]) {
    const issued = await issueMonths(afterwards, { providerCode, month: LAST_MONTH })
    if (!issued.ok) throw new Error(`${providerCode}: ${issued.code}`)
    log(`${providerCode}: ${issued.value.months.length} months issued`)
  }
  return true
}

/** Imports files of a demo, one by one. Throws when one is refused. */
export async function importDemoFiles(
  ctx: Context,
  input: { folder: string; files: readonly DemoFile[]; log: (line: string) => void },
): Promise<void> {
  for (const { file, ...rest } of input.files) {
    const content = await readFile(path.join(input.folder, file))
    const imported = await importFile(ctx, {
      ...rest,
      fileName: path.basename(file),
      content,
      dryRun: false,
      author: AUTHOR,
    })
    if (!imported.ok) throw new Error(`${file}: ${JSON.stringify(imported)}`)
    input.log(`${file}: ${imported.value.accepted} rows`)
  }
}

/** Whether the town is empty or the demo's own: nobody's real people are in it. */
export async function isDemoTown(ctx: Context): Promise<boolean> {
  const { demo } = await ctx.sql.one<{ demo: boolean }>`
    select not exists (select 1 from provider)
      or exists (select 1 from import_batch where author = ${AUTHOR}) as demo`
  return demo
}

async function isComplete(ctx: Context): Promise<boolean> {
  const { complete } = await ctx.sql.one<{ complete: boolean }>`
    select exists (select 1 from billing_period b join provider p on p.id = b.provider_id
      where p.code = ${HOUSING} and b.period = ${LAST_MONTH}) as complete`
  return complete
}
