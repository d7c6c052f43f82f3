import { describe, expect, it } from '@jest/globals'
import { type Context } from '../../../core/context.ts'
import { transaction } from '../../../core/db/transaction.ts'
import { settleAsOf } from '../../../core/ledger/as-of.ts'
import { readStatements } from '../../../core/ledger/read-statements.ts'
import { serverUrl } from '../../support/backends.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider } from '../../support/world.ts'
import { book, entry, NOVEMBER, OCTOBER } from './books.ts'
import { faultsOf } from './faults.ts'

// The embedded database has one session: a posting under way keeps everybody waiting.
const onServer = serverUrl ? describe : describe.skip

const MINUTE_MS = 60_000
const START_MS = Date.parse('2026-11-05T10:00:00Z')
const town = await testTown()
// Each statement and transaction of either takes a connection of its own, as two processes do.
const quick: Context = { ...town, now: () => new Date(START_MS) }
const late: Context = { ...town, now: () => new Date(START_MS - 5 * MINUTE_MS) }
let key = 0n
const nextKey = () => Number((key += 1n))

describe('two processes with clocks five minutes apart', () => {
  it('post to one provider: the chain is whole and each instant later than the one before', async () => {
    const { providerId, side } = await setUp()
    const posting = [quick, late].flatMap((ctx) =>
      Array.from({ length: 30 }, () => book(ctx, providerId, [entry(side, nextKey())])),
    )
    const watching = watch(quick)
    await Promise.all(posting)
    expect(await watching.stop()).toEqual([])
    const postings = await quick.sql.many<{ booked_at: Date }>`
      select booked_at from posting where provider_id = ${providerId} order by id`
    expect(postings).toHaveLength(60)
    const instants = postings.map((posting) => posting.booked_at.getTime())
    expect(instants.every((instant, index) => instant > (instants[index - 1] ?? 0))).toBe(true)
    expect(await faultsOf(quick)).toEqual([])
    expect(await readStatements(late, side.agreementId, { limit: 1 })).toMatchObject([
      { accrued: 6000n, closing: 6000n },
    ])
  })

  it('post debts both ways between two agreements without a deadlock', async () => {
    const { providerId, side } = await setUp()
    const other = { agreementId: await addAgreement(quick, { providerId }), providerId }
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const sides = index % 2 === 0 ? [side, other] : [other, side]
        return book(
          index % 2 === 0 ? quick : late,
          providerId,
          sides.map((each) => entry(each, nextKey())),
        )
      }),
    )
    expect(await faultsOf(quick)).toEqual([])
  })

  it('a key posted by both at once is booked once', async () => {
    const { providerId, side } = await setUp()
    const same = [entry(side, nextKey()), entry(side, nextKey())]
    const answers = await Promise.all([quick, late].map((ctx) => book(ctx, providerId, same)))
    expect(answers.filter((postingId) => postingId === null)).toHaveLength(1)
    expect(await faultsOf(quick)).toEqual([])
  })

  it('an instant that was settled keeps its answer, whoever posts and whatever the clocks say', async () => {
    const { providerId, side } = await setUp()
    const months = (asOf: Date) => readStatements(quick, side.agreementId, { limit: 9, asOf })
    const asked: { asOf: Date; answer: unknown }[] = []
    let elapsedMs = 0
    const ask = async () => {
      const asOf = new Date(START_MS + (elapsedMs += 1000))
      const settled = await settleAsOf({ ...quick, now: () => asOf }, providerId, asOf)
      if (settled.ok) asked.push({ asOf, answer: await months(asOf) })
    }
    const postMany = async (ctx: Context) => {
      for (let count = 0; count < 20; count++) {
        const period = count % 3 === 0 ? OCTOBER : NOVEMBER
        await book(ctx, providerId, [entry(side, nextKey(), { period })])
      }
    }
    let isDone = false
    const posting = Promise.all([postMany(quick), postMany(late)]).finally(() => (isDone = true))
    while (!isDone) await ask()
    await posting
    await ask()
    await postMany(late)
    expect(asked.length).toBeGreaterThan(0)
    for (const { answer, asOf } of asked) expect(await months(asOf)).toEqual(answer)
    expect(await faultsOf(quick)).toEqual([])
  })
})

onServer('while a posting is under way', () => {
  it('an instant above the watermark is refused', async () => {
    const { providerId, side } = await setUp()
    await book(quick, providerId, [entry(side, nextKey())])
    const settled = quick.now()
    let finish = () => {}
    const underWay = new Promise<void>((resolve) => (finish = resolve))
    let started = () => {}
    const begun = new Promise<void>((resolve) => (started = resolve))
    const posting = transaction(late, async (tx) => {
      await book(tx, providerId, [entry(side, nextKey(), { period: NOVEMBER })])
      started()
      await underWay
    })
    await begun
    const asOf = new Date(settled.getTime() + 1)
    const asking = { ...quick, now: () => new Date(START_MS + MINUTE_MS) }
    expect(await settleAsOf(asking, providerId, asOf)).toEqual({
      ok: false,
      code: 'as-of-unfinished',
      watermark: settled,
    })
    expect(await settleAsOf(asking, providerId, settled)).toMatchObject({ ok: true })
    finish()
    await posting
    expect(await settleAsOf(asking, providerId, asOf)).toMatchObject({ ok: true })
  })

  it('an instant asked before the first posting ever waits for its end', async () => {
    const { providerId, side } = await setUp()
    let asked: Promise<unknown> = Promise.resolve()
    await transaction(late, async (tx) => {
      await book(tx, providerId, [entry(side, nextKey())])
      asked = settleAsOf(quick, providerId, quick.now())
    })
    expect(await asked).toMatchObject({ ok: true })
    const options = { limit: 1, asOf: quick.now() }
    expect(await readStatements(quick, side.agreementId, options)).toMatchObject([
      { closing: 100n },
    ])
  })
})

async function setUp() {
  const providerId = await addProvider(quick)
  const agreementId = await addAgreement(quick, { providerId })
  return { providerId, side: { agreementId, providerId } }
}

/** Verifies again and again until stopped; gives every fault found meanwhile. */
function watch(ctx: Context) {
  let isStopped = false
  const watching = (async () => {
    const faults = []
    while (!isStopped) faults.push(...(await faultsOf(ctx)))
    return faults
  })()
  return {
    stop: () => {
      isStopped = true
      return watching
    },
  }
}
