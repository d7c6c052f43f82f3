import { setTimeout } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startChargingWorker } from '../../../../core/billing/run/charging-worker.ts'
import { findRun, readRuns } from '../../../../core/billing/run/read-runs.ts'
import { startMonthRun, startTrial } from '../../../../core/billing/run/start-run.ts'
import { workOnRun } from '../../../../core/billing/run/work-on-run.ts'
import { testTown } from '../../../support/town.ts'
import { addChargedProvider, addUnpriced, OCTOBER, SEPTEMBER } from '../charged.ts'

const town = await testTown()
const CODE = '55101018'
/** Three chunks of 500 accounts. */
const MANY = 1_100
const PATIENCE_MS = 20_000

beforeAll(async () => {
  const { providerId } = await addChargedProvider(town, CODE)
  await addUnpriced(town, providerId)
  await town.sql.run`
    insert into account (provider_id, number, number_key, premise_id, holder_name)
    select provider_id, 'n' || n, 'n' || n, premise_id, 'Holder'
    from generate_series(1, ${MANY}) n
    cross join (select * from account where number = '101') a`
})

async function start(): Promise<number> {
  const started = await startMonthRun(town, {
    ...{ providerCode: CODE, month: SEPTEMBER, author: 'test' },
  })
  if (!started.ok) throw new Error(started.code)
  return started.value.runId
}

async function computed(runId: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 20) {
    if ((await findRun(town, runId))?.state === 'computed') return
    await setTimeout(20)
  }
  throw new Error(`run ${runId} is not computed`)
}

/** A worker that dies after its first chunk. */
async function workAndDie(runId: number): Promise<void> {
  const told = () => {
    throw new Error('killed')
  }
  const death = workOnRun(town, runId, { lanes: 1, told })
  await expect(death).rejects.toThrow('killed')
}

let runId: number
beforeEach(async () => {
  runId = await start()
})

const whole = { chunks: 3, chunksDone: 3, accounts: 1_103, accountsDone: 1_103, lines: 4 }

describe('the worker', () => {
  it('goes on with a run whose process died', async () => {
    await workAndDie(runId)
    expect(await findRun(town, runId)).toMatchObject({
      ...{ state: 'computing', chunks: 3, chunksDone: 1, accountsDone: 500, lines: 4 },
    })
    const stop = startChargingWorker(town)
    await computed(runId)
    await stop()
    expect(await findRun(town, runId)).toMatchObject({
      ...whole,
      ...{ state: 'computed', lints: 1, leftOut: 1, finishedAt: town.now() },
    })
  })

  it('finishes a run whose process died after the last chunk', async () => {
    await workOnRun(town, runId)
    await town.sql.run`update run set state = 'computing', finished_at = null where id = ${runId}`
    const stop = startChargingWorker(town)
    await computed(runId)
    await stop()
    expect(await findRun(town, runId)).toMatchObject(whole)
  })

  it('that is stopped leaves whole chunks, and another one takes the rest', async () => {
    const stop = startChargingWorker(town)
    while ((await findRun(town, runId))?.chunksDone === 0) await setTimeout(1)
    await stop()
    const left = await findRun(town, runId)
    expect([500, 1_000, 1_103]).toContain(left?.accountsDone)
    await setTimeout(50)
    expect(await findRun(town, runId)).toEqual(left)
    await Promise.all([workOnRun(town, runId), workOnRun(town, runId)])
    expect(await findRun(town, runId)).toMatchObject({ ...whole, state: 'computed' })
  })

  it('computes the other runs when one fails, and names nothing but its id', async () => {
    await workOnRun(town, runId)
    const nothing = { tariffs: [], rules: [] }
    const trial = { providerCode: CODE, month: SEPTEMBER, author: 'test', suppose: nothing }
    const broken = await startTrial(town, trial)
    const sound = await startTrial(town, trial)
    if (!broken.ok || !sound.ok) throw new Error('no trial')
    await town.sql.run`update run set suppose = '{}' where id = ${broken.value.runId}`
    const told: unknown[] = []
    const log = { ...town.log, error: (...said: unknown[]) => void told.push(said) }
    const stop = startChargingWorker({ ...town, log })
    await computed(sound.value.runId)
    await stop()
    expect(told).toEqual([[{ error: 'ZodError', run: broken.value.runId }, 'charging failed']])
    expect((await findRun(town, broken.value.runId))?.state).toBe('computing')
    await town.sql.run`update run set state = 'dropped' where id = ${broken.value.runId}`
  })
})

describe('runs of a provider', () => {
  it('are told newest first with what they are', async () => {
    const read = await readRuns(town, { providerCode: CODE, limit: 2 })
    expect(read).toMatchObject({
      value: [
        {
          ...{ id: runId, providerCode: CODE, month: SEPTEMBER, kind: 'month', state: 'computing' },
          ...{ asOf: town.now(), author: 'test', createdAt: town.now(), finishedAt: null },
          ...{ chunks: 3, chunksDone: 0, accounts: 1_103, accountsDone: 0, lines: 0, lints: 0 },
        },
        { kind: 'trial', state: 'computed' },
      ],
    })
    expect(read).toHaveProperty('value.length', 2)
  })

  it('of a draft that was dropped have no chunks any more', async () => {
    await start()
    expect(await findRun(town, runId)).toMatchObject({ state: 'dropped', chunks: 0, accounts: 0 })
  })

  it('are refused without the provider, and none is found by a wrong id', async () => {
    expect(await readRuns(town, { providerCode: '99999999', limit: 1 })).toEqual({
      ...{ ok: false, code: 'provider-not-found' },
    })
    expect(await findRun(town, 9_999)).toBeNull()
  })

  it('start in the order of months', async () => {
    const october = { providerCode: CODE, month: OCTOBER, author: 'test' }
    expect(await startMonthRun(town, october)).toMatchObject({ code: 'earlier-month-open' })
  })
})
