import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { type Database, openTown, type TownOptions } from '../../core/db/open-town.ts'
import { loadProfile } from '../../core/tariffs/load-profile.ts'
import { openLog } from '../../log.ts'
import { type Measured } from './measured.ts'
import { benchContext, doStep, type StepRequest } from './month-steps.ts'
import { FIRST_MONTH, MEASURED_MONTH, payMonth, seedMonthTown } from './seed-month.ts'

const LARGE_TOWN = Number(process.env['BENCH_ACCOUNTS'] ?? 100_000)
const TIMES_SMALLER = 10
const SMALL_TOWN = LARGE_TOWN / TIMES_SMALLER
/** All that a charged month becomes. */
const TABLES = ['run_line', 'entry', 'statement'] as const

type Written = Record<(typeof TABLES)[number], number>
type TownMonth = {
  accounts: number
  seedSeconds: number
  draftSeconds: number
  checkSeconds: number
  issueSeconds: number
  totalSeconds: number
  written: Written
  rowsPerSecond: number
  peakMb: number
  steps: Record<StepRequest['step'], Measured>
}
type ServerMonth = TownMonth & { workers: Workers; floorSeconds: number; ratio: number }
/** Seconds of the month before: drafted by two processes, dropped, and again by one. */
type Workers = { two: number; drop?: number; one?: number }
export type MonthBench = {
  embedded: TownMonth
  small?: ServerMonth
  large?: ServerMonth
  /** Time for the accounts of the large town against those of the small one; 1 is linear. */
  growth?: number
}

/**
 * A month of a calculated provider from the draft to the issue: late readings, benefits and penalties
 * in it. On the embedded database; with a server, there in towns of two sizes, against a bare COPY of
 * the very rows it wrote into the same tables of another town.
 */
export async function benchMonth(databaseUrl?: string): Promise<MonthBench> {
  if (!databaseUrl) return { embedded: await benchEmbedded(SMALL_TOWN) }
  const large = tell(await benchServer(databaseUrl, LARGE_TOWN))
  const small = tell(await benchServer(databaseUrl, SMALL_TOWN))
  const growth = large.totalSeconds / small.totalSeconds / TIMES_SMALLER
  return { large, small, growth, embedded: await benchEmbedded(SMALL_TOWN) }
}

/** The whole takes a quarter of an hour: what is known already is told on standard error. */
function tell(town: ServerMonth): ServerMonth {
  console.error(JSON.stringify(town))
  return town
}

type Ask = (request: StepRequest) => ReturnType<typeof doStep>

async function benchEmbedded(accounts: number): Promise<TownMonth> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'oselia-bench-'))
  const database = await openBench({ schema: 'bench', dataDir })
  try {
    const seedSeconds = await seed(database, accounts)
    const ask: Ask = (request) => doStep(benchContext(database), request)
    await charge(ask, { month: FIRST_MONTH, runId: await start(ask) })
    await payMonth(benchContext(database), FIRST_MONTH)
    return { accounts, seedSeconds, ...(await measureMonth(database, ask)) }
  } finally {
    await database.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function benchServer(databaseUrl: string, accounts: number): Promise<ServerMonth> {
  const [schema, floorSchema] = [`bench_month_${process.pid}`, `bench_floor_${process.pid}`]
  const database = await openBench({ schema, databaseUrl })
  const empty = await openBench({ schema: floorSchema, databaseUrl })
  const workers: ChildProcess[] = []
  try {
    const seedSeconds = await seed(database, accounts)
    workers.push(await startWorker(databaseUrl, schema), await startWorker(databaseUrl, schema))
    const asks = workers.map(askOf) as [Ask, Ask]
    const compared = await chargeFirst(asks, accounts === SMALL_TOWN)
    await payMonth(benchContext(database), FIRST_MONTH)
    const month = await measureMonth(database, asks[0])
    const floorSeconds = await copyAgain(databaseUrl, { schema, floorSchema })
    const ratio = month.totalSeconds / floorSeconds
    return { accounts, seedSeconds, ...month, workers: compared, floorSeconds, ratio }
  } finally {
    for (const worker of workers) worker.disconnect()
    await database.sql.unsafe(
      `drop schema "${schema}" cascade; drop schema "${floorSchema}" cascade`,
    )
    await database.close()
    await empty.close()
  }
}

function openBench(options: Omit<TownOptions, 'log'>): Promise<Database> {
  return openTown({ ...options, log: openLog('error') })
}

async function seed(database: Database, accounts: number): Promise<number> {
  const startedAt = performance.now()
  const ctx = benchContext(database)
  // The rules of the country are known from the beginning.
  await loadProfile({ ...ctx, now: () => new Date('2025-01-01T00:00:00Z') })
  await seedMonthTown(ctx, accounts)
  return (performance.now() - startedAt) / 1000
}

async function startWorker(databaseUrl: string, schema: string): Promise<ChildProcess> {
  const file = path.join(import.meta.dirname, 'month-worker.ts')
  const child = fork(file, [databaseUrl, schema], { execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  return child
}

function askOf(child: ChildProcess): Ask {
  return (request) =>
    new Promise((resolve, reject) => {
      const died = (code: number | null) => reject(new Error(`the worker ended with ${code}`))
      child.once('exit', died)
      child.once('message', (answer: Awaited<ReturnType<Ask>>) => {
        child.off('exit', died)
        resolve(answer)
      })
      child.send(request)
    })
}

async function start(ask: Ask): Promise<number> {
  const { answer } = await ask({ step: 'start', month: FIRST_MONTH, runId: 0 })
  return answer
}

/** Charges the first month; `isCompared` drafts it again by one process. */
async function chargeFirst(asks: readonly Ask[], isCompared: boolean): Promise<Workers> {
  const [first] = asks as [Ask]
  const month = FIRST_MONTH
  const runId = await start(first)
  const both = await Promise.all(asks.map((ask) => ask({ step: 'work', month, runId })))
  const workers: Workers = { two: Math.max(...both.map(({ took }) => took.seconds)) }
  if (isCompared) {
    const again = await first({ step: 'start', month, runId })
    const work = await first({ step: 'work', month, runId: again.answer })
    Object.assign(workers, { drop: again.took.seconds, one: work.took.seconds })
  }
  for (const step of ['check', 'issue'] as const) await first({ step, month, runId })
  return workers
}

async function charge(ask: Ask, of: Omit<StepRequest, 'step'>) {
  const { took: work } = await ask({ ...of, step: 'work' })
  const { took: check } = await ask({ ...of, step: 'check' })
  const { took: issue } = await ask({ ...of, step: 'issue' })
  return { work, check, issue }
}

async function measureMonth({ sql }: Database, ask: Ask) {
  const month = MEASURED_MONTH
  const { answer: runId, took: starting } = await ask({ step: 'start', month, runId: 0 })
  const steps = { start: starting, ...(await charge(ask, { month, runId })) }
  const written = await sql.one<Written>`
    select (select count(*)::int4 from run_line where run_id = ${runId}) as run_line,
      (select entry_count from posting order by id desc limit 1) as entry,
      (select count(*)::int4 from statement where period = ${month}) as statement`
  const all = Object.values(steps)
  const totalSeconds = all.reduce((sum, { seconds }) => sum + seconds, 0)
  const rows = TABLES.reduce((sum, table) => sum + written[table], 0)
  return {
    draftSeconds: steps.start.seconds + steps.work.seconds,
    checkSeconds: steps.check.seconds,
    issueSeconds: steps.issue.seconds,
    totalSeconds,
    written,
    rowsPerSecond: rows / totalSeconds,
    peakMb: Math.max(...all.map(({ peakMb }) => peakMb)),
    steps,
  }
}

/** Seconds of a bare COPY of what the last month wrote. */
async function copyAgain(
  databaseUrl: string,
  { floorSchema, schema }: { schema: string; floorSchema: string },
): Promise<number> {
  const rows = {
    run_line: `select * from "${schema}".run_line where run_id =
      (select max(id) from "${schema}".run)`,
    entry: `select * from "${schema}".entry where posting_id =
      (select max(id) from "${schema}".posting)`,
    statement: `select * from "${schema}".statement where period = ${MEASURED_MONTH}`,
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'oselia-bench-'))
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    for (const table of TABLES) {
      const source = client.query(copyTo(`copy (${rows[table]}) to stdout`))
      await pipeline(source, createWriteStream(path.join(folder, table)))
    }
    const startedAt = performance.now()
    await client.query('begin')
    for (const table of TABLES) {
      const target = client.query(copyFrom(`copy "${floorSchema}".${table} from stdin`))
      await pipeline(createReadStream(path.join(folder, table)), target)
    }
    await client.query('commit')
    return (performance.now() - startedAt) / 1000
  } finally {
    await client.end()
    await rm(folder, { recursive: true, force: true })
  }
}
