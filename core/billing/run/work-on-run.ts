import { setImmediate } from 'node:timers/promises'
import { ZodError } from 'zod'
import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { addDays, firstDay, lastDay, type Period, type PlainDate } from '../../period.ts'
import { RULE_KINDS } from '../../tariffs/rule-kinds.ts'
import { readRulebook, type Supposition } from '../../tariffs/read-rulebook.ts'
import { type Rulebook } from '../../tariffs/rulebook.ts'
import { chargeAccount } from '../charge/charge-account.ts'
import { type AccountFacts } from '../charge/facts.ts'
import { CannotCharge } from '../charge/lint.ts'
import { type Line } from '../charge/line.ts'
import { readDayExceptions } from '../penalty/read-day-exceptions.ts'
import { type DebtOf, loadDebts } from './load-debts.ts'
import { Penalties } from './penalties.ts'
import { type Noted } from './find-reratings.ts'
import { readRun, type RunRow } from './run-row.ts'
import { loadFacts } from './load-facts.ts'
import { type ChargedAccount, type Lint, storeLines } from './store-lines.ts'
import { loadReratings, type Reratings } from './load-reratings.ts'
import { reviveSupposition } from './supposition.ts'

/** Told after each chunk, so that a long run can show where it is. */
export type Progress = (done: { chunks: number; accounts: number; lines: number }) => void

/** Chunks at work at a time where the database is a server: while one waits for it, another computes. */
const LANES_ON_SERVER = 2

/**
 * Computes chunks of a run until none waits, and gives how many it did. As many processes as wish may
 * work on one run: each chunk is claimed, computed and stored in one transaction, so that a killed
 * worker leaves it as it was for another. With the last chunk the run is `computed`. `signal` stops it
 * after the chunks at hand; `lanes` is how many chunks are at work at a time.
 */
export async function workOnRun(
  ctx: Context,
  runId: number,
  { lanes, signal, told }: { lanes?: number; signal?: AbortSignal; told?: Progress } = {},
): Promise<number> {
  const run = await readRun(ctx, runId)
  if (!run || run.state !== 'computing') return 0
  const rules = await readRunRules(ctx, run)
  let chunks = 0
  const lane = async () => {
    while (!signal?.aborted) {
      const done = await transaction(ctx, (tx) => workOnChunk(tx, run, rules))
      if (!done) return
      chunks += 1
      told?.({ chunks: 1, ...done })
      // On the embedded database residents' chats come in between.
      await setImmediate()
    }
  }
  // Embedded there is one session, and it cannot COPY.
  const length = lanes ?? (ctx.sql.copy === null ? 1 : LANES_ON_SERVER)
  const ended = await Promise.allSettled(Array.from({ length }, lane))
  const failed = ended.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
  await finish(ctx, runId)
  return chunks
}

/** The prices and rules a run is computed by, and penalties by them. */
export type RunRules = { rules: Rulebook; penalties: Penalties }

export async function readRunRules(ctx: Context, run: RunRow): Promise<RunRules> {
  const suppose: Supposition | null = reviveSupposition(run.suppose)
  const { asOf, chargedFrom, period, providerId } = run
  const rules = await readRulebook(ctx, { providerId, asOf, ...(suppose && { suppose }) })
  const exceptions = await readDayExceptions(ctx)
  return { rules, penalties: new Penalties({ rules, exceptions, period, chargedFrom }) }
}

/** Name of the lock a provider's workers share; who has it alone finds no chunk at work. */
export function chunkLock({ schema }: Context, providerId: number): string {
  return `${schema} chunks ${providerId}`
}

const NOTHING: ReadonlyMap<number, Noted> = new Map()

type Chunk = { no: number; first: number; last: number }

async function workOnChunk(tx: Context, run: RunRow, rules: RunRules) {
  // Whoever drops the run waits for the chunks at work, and no new one is begun meanwhile: this lock is
  // given in turn, where the share of a row goes to newcomers before whoever waits to change it.
  await tx.sql.run`
    select pg_advisory_xact_lock_shared(hashtextextended(${chunkLock(tx, run.providerId)}, 0))`
  const running = await tx.sql.maybe`
    select 1 from run where id = ${run.id} and state = 'computing'`
  if (!running) return null
  const chunk = await tx.sql.maybe<Chunk>`
    select no, first_account as first, last_account as last from run_chunk
    where run_id = ${run.id} and state = 'waiting' order by no limit 1 for update skip locked`
  if (!chunk) return null
  const accountIds = await readAccountIds(tx, run.providerId, chunk)
  const noted = run.kind === 'trial' ? NOTHING : await readNoted(tx, run, accountIds)
  const charged = await chargeAccounts(tx, { run, ...rules, accountIds, noted })
  const lines = await storeLines(tx, { runId: run.id, chunkNo: chunk.no, charged })
  await tx.sql.run`
    update run_chunk set state = 'done', lines = ${lines}, finished_at = ${tx.now()}
    where run_id = ${run.id} and no = ${chunk.no}`
  return { accounts: accountIds.length, lines }
}

async function readAccountIds(tx: Context, providerId: number, { first, last }: Chunk) {
  const rows = await tx.sql.many<{ id: number }>`
    select id from account where provider_id = ${providerId} and id between ${first} and ${last}
    order by id`
  return rows.map((row) => row.id)
}

/** What a run makes of some accounts of its provider, by what was known at its instant; writes nothing. */
export async function chargeAccounts(
  ctx: Context,
  given: RunRules & {
    run: RunRow
    accountIds: readonly number[]
    /** Accounts to charge again for past months. */
    noted: ReadonlyMap<number, Noted>
    /** Agreements to charge as if they were not there. */
    without?: ReadonlySet<number>
  },
): Promise<ChargedAccount[]> {
  const { accountIds, noted, penalties, rules, run } = given
  const wanted = { accountIds, asOf: run.asOf, period: run.period, again: new Set(noted.keys()) }
  const accounts = (await loadFacts(ctx, wanted)).map((account) => leaveOut(account, given.without))
  if (run.kind === 'trial') {
    const none = { reratings: new Map(), debts: new Map() }
    return accounts.map((account) => chargeOne(account, { run, rules, penalties, ...none }))
  }
  const reratings = await loadReratings(ctx, { run, rules, accounts, noted })
  const dueOn = earliestDueDay(rules, run.period)
  const debts = await loadDebts(ctx, run, debtorsOf(accounts, noted), dueOn)
  return accounts.map((account) => chargeOne(account, { run, rules, penalties, reratings, debts }))
}

function leaveOut(account: AccountFacts, without?: ReadonlySet<number>): AccountFacts {
  if (!without || without.size === 0) return account
  const agreements = account.agreements.filter(({ agreementId }) => !without.has(agreementId))
  return { ...account, agreements }
}

/** The first day in a month on which the bill of the month before may be due; null when terms are longer or shorter. */
function earliestDueDay(rules: Rulebook, period: Period): PlainDate | null {
  const terms = rules
    .all('payment-term')
    .map(({ value }) => RULE_KINDS['payment-term'].parse(value))
  if (terms.length === 0 || terms.some(({ monthsAfter }) => monthsAfter !== 1)) return null
  const named = addDays(firstDay(period), Math.min(...terms.map(({ day }) => day)) - 1)
  return named > lastDay(period) ? lastDay(period) : named
}

/** News that change what a late payment cost: a month left out, another rule of penalty. */
const PENALTY_NEWS = ['not-charged', 'penalty-rules']

function debtorsOf(accounts: readonly AccountFacts[], noted: ReadonlyMap<number, Noted>) {
  return accounts.flatMap(({ accountId, agreements }) => {
    const news = noted.get(accountId)
    const isAgain = PENALTY_NEWS.some((kind) => news?.reason.split(',').includes(kind))
    const again = isAgain && news ? news.from : null
    return agreements.map(({ agreementId }) => ({ agreementId, again }))
  })
}

type Loaded = RunRules & {
  run: RunRow
  reratings: Reratings
  debts: ReadonlyMap<number, DebtOf>
}

function chargeOne(
  account: AccountFacts,
  { debts, penalties, reratings, rules, run }: Loaded,
): ChargedAccount {
  const { accountId } = account
  const rerating = reratings.get(accountId) ?? null
  try {
    const { chargedFrom, period } = run
    const lines = chargeAccount(account, period, { rules, chargedFrom, rerating })
    addPenalties(account, lines, { debts, penalties })
    return { accountId, lines, lints: [] }
  } catch (error) {
    const lint = lintOf(error)
    if (!lint) throw error
    const sincePeriod = rerating?.from ?? run.period
    return { accountId, lines: new Map(), lints: [{ ...lint, blocks: true, sincePeriod }] }
  }
}

function addPenalties(
  { accountId, agreements, houseId, providerId }: AccountFacts,
  lines: Map<number, Line[]>,
  { debts, penalties }: Pick<Loaded, 'debts' | 'penalties'>,
): void {
  for (const { agreementId, serviceId } of agreements) {
    const debt = debts.get(agreementId)
    if (!debt) continue
    const charged = penalties.linesOf(debt, { accountId, houseId, providerId, serviceId })
    if (charged.length > 0) lines.set(agreementId, [...(lines.get(agreementId) ?? []), ...charged])
  }
}

function lintOf(error: unknown): Pick<Lint, 'code' | 'agreementId' | 'details'> | null {
  if (error instanceof CannotCharge) {
    const { agreementId, code, details } = error
    return { agreementId, code, details }
  }
  if (error instanceof ZodError)
    return {
      agreementId: null,
      code: 'rule-unreadable',
      details: { at: error.issues[0]?.path.join('.') ?? '' },
    }
  return null
}

async function readNoted(ctx: Context, run: RunRow, accountIds: readonly number[]) {
  const rows = await ctx.sql.many<{ accountId: number; from: Period; reason: string }>`
    select account_id as "accountId", from_period as from, reason from run_rerating
    where run_id = ${run.id} and account_id = any(${accountIds}::int4[])`
  return new Map(rows.map(({ accountId, ...noted }) => [accountId, noted]))
}

async function finish(ctx: Context, runId: number): Promise<void> {
  await ctx.sql.run`
    update run set state = 'computed', finished_at = ${ctx.now()}
    where id = ${runId} and state = 'computing'
      and not exists (select 1 from run_chunk where run_id = ${runId} and state = 'waiting')`
}
