import { setTimeout as sleep } from 'node:timers/promises'
import { verify } from '../../../core/ledger/verify.ts'
import { addMonths, addDays, lastDay, type Period, period } from '../../../core/period.ts'
import { seededRandom } from '../../simulator/faults.ts'
import { dumpMonth } from './dump-month.ts'
import { doStep, look, type Seen, type Step, STEPS } from './month-steps.ts'
import { addMonthPayments } from './pay.ts'
import { choosePlace, openTwin, type Place, withTown } from './place.ts'
import { addMonthFacts, seedMonthTown } from './seed-town.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

export type MonthOptions = {
  /** A PostgreSQL server, where the town gets a schema of its own; without it, embedded. */
  databaseUrl?: string | undefined
  /** Five hundred are computed at a time. */
  accounts: number
  kills: number
  /** The same seed kills after the same pauses; what runs at that instant differs all the same. */
  seed: number
  onKill?: (kills: number) => void
}

export type MonthReport = {
  kills: number
  /** How many met each step. */
  killsAt: Record<Step, number>
  /** Months charged, checked, issued and compared. */
  months: number
  /** Lines of text compared with those of the undisturbed town. */
  compared: number
  /** How often somebody looked at a month while it was made. */
  looks: number
  faults: string[]
  /** Where the town is left when a promise was broken; null when nothing of it stays. */
  left: string | null
}

const FIRST = period(202401)
const MONTHS_MAX = 24
const START_MS = 900
/** Drafting is one short transaction: half of the months it is left in peace. */
const SHARE_DRAFTING = 0.5
/** How often all workers are killed at the same moment. */
const SHARE_ALL = 0.3
const SHARE_STARTING = 0.2
const LOOK_EVERY_MS = 15
const WORKERS = 2
const CHUNK_ACCOUNTS = 500

/**
 * Charges a town month by month with workers that are killed by SIGKILL again and again, and its twin
 * undisturbed, and tells whether every month came out the same to the byte and was never seen in
 * part. Goes on until it has killed enough. Throws when a worker ends by itself with an error.
 */
export async function surviveMonths(options: MonthOptions): Promise<MonthReport> {
  const place = await choosePlace(options.databaseUrl)
  const twin = await openTwin(options.databaseUrl)
  const killsAt = { draft: 0, work: 0, issue: 0 }
  const report: MonthReport = {
    ...{ kills: 0, killsAt, months: 0, compared: 0, looks: 0, faults: [], left: place.name },
  }
  const scene = { options, place, report, random: seededRandom(options.seed) }
  try {
    const now = clockOf(FIRST, 8)
    await seedMonthTown(await twin.at(now), options.accounts, FIRST)
    await withTown(place.address, now, (ctx) => seedMonthTown(ctx, options.accounts, FIRST))
    while (report.kills < options.kills && report.months < MONTHS_MAX) {
      const month = addMonths(FIRST, report.months)
      report.months += 1
      const expected = await chargeTwin(twin.at, month, report.months)
      await chargeThroughKills(scene, month, expected)
      if (report.faults.length > 0) return report
    }
    await withTown(place.address, now, async (ctx) => {
      for await (const { fault } of verify(ctx)) report.faults.push(`the journal: ${fault}`)
    })
    if (report.faults.length > 0) return report
    await place.remove()
    return { ...report, left: null }
  } finally {
    await twin.discard()
  }
}

/** When a month is over, on the fifth of the next: a clock that stands still makes equal towns equal. */
function clockOf(month: Period, hour: number): string {
  return `${addDays(lastDay(month), 5)}T${String(hour).padStart(2, '0')}:00:00Z`
}

const HOURS: Record<Step, number> = { draft: 9, work: 10, issue: 11 }

type Expected = { dump: string[]; seen: Seen; stepMs: Record<Step, number> }

async function chargeTwin(
  at: Awaited<ReturnType<typeof openTwin>>['at'],
  month: Period,
  index: number,
): Promise<Expected> {
  const ctx = await at(clockOf(month, 8))
  await addMonthFacts(ctx, month, index)
  await addMonthPayments(ctx, month, index)
  const stepMs = { draft: 0, work: 0, issue: 0 }
  for (const step of STEPS) {
    const startedMs = performance.now()
    await doStep(await at(clockOf(month, HOURS[step])), { month, step })
    stepMs[step] = performance.now() - startedMs
  }
  return { dump: await dumpMonth(ctx, month), seen: await look(ctx, month), stepMs }
}

type Scene = { options: MonthOptions; place: Place; report: MonthReport; random: () => number }

async function chargeThroughKills(scene: Scene, month: Period, expected: Expected): Promise<void> {
  const { options, place, report } = scene
  const { address } = place
  const now = clockOf(month, 8)
  await withTown(address, now, async (ctx) => {
    await addMonthFacts(ctx, month, report.months)
    await addMonthPayments(ctx, month, report.months)
  })
  const seen: Seen[] = []
  const killing = async () => {
    for (const step of STEPS) seen.push(...(await stepThroughKills(scene, month, step, expected)))
  }
  // The embedded town is its worker's alone.
  if (options.databaseUrl === undefined) await killing()
  else seen.push(...(await watched(place, month, killing)))
  report.looks += seen.length
  const halves = seen.filter((one) => !isNothing(one) && !isEqual(one, expected.seen))
  for (const { accrued, entries, issued } of halves.slice(0, 3))
    report.faults.push(`${month}: seen ${entries} entries, ${accrued} accrued, issued: ${issued}`)
  await withTown(address, now, async (ctx) => {
    if (!isEqual(await look(ctx, month), expected.seen)) report.faults.push(`${month}: not whole`)
    compare(report, month, await dumpMonth(ctx, month), expected.dump)
  })
}

function isNothing({ accrued, entries, issued }: Seen): boolean {
  return !issued && entries === 0 && accrued === 0n
}

function isEqual(one: Seen, other: Seen): boolean {
  return (
    one.issued === other.issued && one.entries === other.entries && one.accrued === other.accrued
  )
}

function compare(
  report: MonthReport,
  month: Period,
  found: readonly string[],
  expected: readonly string[],
): void {
  report.compared += expected.length
  const place = expected.findIndex((line, index) => line !== found[index])
  if (place >= 0)
    report.faults.push(
      `${month}: undisturbed ${expected[place] ?? 'nothing'}\n    killed ${found[place] ?? 'nothing'}`,
    )
  else if (found.length > expected.length)
    report.faults.push(`${month}: only the killed one has ${found[expected.length]}`)
}

/** Looks at the month again and again while the work goes on. */
async function watched(place: Place, month: Period, work: () => Promise<void>): Promise<Seen[]> {
  return withTown(place.address, clockOf(month, 8), async (ctx) => {
    const seen: Seen[] = []
    let isOver = false
    const working = work().finally(() => (isOver = true))
    while (!isOver) {
      seen.push(await look(ctx, month))
      await sleep(LOOK_EVERY_MS)
    }
    await working
    return seen
  })
}

/** Starts the step's workers, kills them, starts them again, until all have done it to the end. */
async function stepThroughKills(
  scene: Scene,
  month: Period,
  step: Step,
  { stepMs }: Expected,
): Promise<Seen[]> {
  const { options, place, random, report } = scene
  const chunks = Math.ceil(options.accounts / CHUNK_ACCOUNTS)
  const kills = { draft: random() < SHARE_DRAFTING ? 1 : 0, work: chunks, issue: 2 }[step]
  const typicalMs = (step === 'work' ? 2 / chunks : 1) * stepMs[step]
  const seen: Seen[] = []
  const start = (): WorkerProcess => {
    const now = clockOf(month, HOURS[step])
    const worker = startWorker({ address: place.address, now, month, step })
    void worker.ready.then((one) => one && seen.push(one))
    return worker
  }
  const count = step === 'work' && options.databaseUrl !== undefined ? WORKERS : 1
  let workers = Array.from({ length: count }, start)
  for (let turn = 0; turn < kills && report.kills < options.kills; turn++) {
    const victim = workers[Math.floor(random() * count)]
    if (!victim) break
    await Promise.race([victim.end, waitForMoment(victim, random, typicalMs)])
    const victims = random() < SHARE_ALL ? workers : [victim]
    const killed = await Promise.all(victims.map((worker) => worker.kill()))
    const dead = killed.filter(Boolean).length
    if (dead === 0) break
    report.kills += dead
    report.killsAt[step] += dead
    options.onKill?.(report.kills)
    workers = workers.map((worker) => (victims.includes(worker) ? start() : worker))
  }
  await Promise.all(workers.map((worker) => worker.end))
  return seen
}

/** During a start, or at any moment of the work. */
async function waitForMoment(
  worker: WorkerProcess,
  random: () => number,
  typicalMs: number,
): Promise<void> {
  if (random() < SHARE_STARTING) return sleep(random() * START_MS)
  await worker.ready
  await sleep(random() * typicalMs)
}
