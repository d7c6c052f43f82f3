import { describe, expect, it } from '@jest/globals'
import { findRun } from '../../../../core/billing/run/read-runs.ts'
import { workOnRun } from '../../../../core/billing/run/work-on-run.ts'
import { type Period } from '../../../../core/period.ts'
import { dumpRun } from '../../../../scripts/soak/month/dump-month.ts'
import { serverUrl } from '../../../support/backends.ts'
import { holdTable, untilWaiting } from './hold-table.ts'
import { CHUNKS, monthTown, start } from './month-town.ts'

// The embedded database has one session: whoever works there works alone.
const onServer = serverUrl ? describe : describe.skip

const town = await monthTown()

/** What a run of the month gives when nobody disturbs it; drops the one before. */
async function undisturbed(month: Period): Promise<string[]> {
  const runId = await start(town, month)
  await workOnRun(town, runId, { lanes: 1 })
  return dumpRun(town, runId)
}

const linesOf = async (runId: number) => {
  const { count } = await town.sql.one<{ count: number }>`
    select count(*)::int4 as count from run_line where run_id = ${runId}`
  return count
}

onServer('two workers at one run', () => {
  it('do every chunk once, each some of them', async () => {
    const month = await town.next()
    const expected = await undisturbed(month)
    const runId = await start(town, month)
    const release = await holdTable(town, 'household')
    const working = [workOnRun(town, runId, { lanes: 1 }), workOnRun(town, runId, { lanes: 1 })]
    await untilWaiting(town, 2)
    await release()
    const done = await Promise.all(working)
    expect(done.reduce((sum, chunks) => sum + chunks, 0)).toBe(CHUNKS)
    expect(Math.min(...done)).toBeGreaterThan(0)
    expect(await findRun(town, runId)).toMatchObject({ state: 'computed', chunksDone: CHUNKS })
    expect(await dumpRun(town, runId)).toEqual(expected)
  })

  it('one of whom loses the database in the middle leave its chunk to the other', async () => {
    const month = await town.next()
    const expected = await undisturbed(month)
    const runId = await start(town, month)
    const release = await holdTable(town, 'household')
    const lost = workOnRun(town, runId, { lanes: 1 }).catch((error: unknown) => error)
    const [pid = 0] = await untilWaiting(town, 1)
    const other = workOnRun(town, runId, { lanes: 1 })
    await untilWaiting(town, 2)
    await town.sql.run`select pg_terminate_backend(${pid})`
    expect(await lost).toBeInstanceOf(Error)
    await release()
    expect(await other).toBe(CHUNKS)
    expect(await dumpRun(town, runId)).toEqual(expected)
  })
})

onServer('a draft that is dropped while it is computed', () => {
  it('leaves no line of itself, and its worker ends', async () => {
    const month = await town.next()
    const expected = await undisturbed(month)
    const old = await start(town, month)
    const release = await holdTable(town, 'household')
    const working = workOnRun(town, old, { lanes: 1 })
    await untilWaiting(town, 1)
    const starting = start(town, month)
    await untilWaiting(town, 2)
    await release()
    const fresh = await starting
    expect(await working).toBeLessThanOrEqual(CHUNKS)
    expect(await findRun(town, old)).toMatchObject({ state: 'dropped', chunks: 0 })
    expect(await linesOf(old)).toBe(0)
    await workOnRun(town, fresh, { lanes: 1 })
    expect(await dumpRun(town, fresh)).toEqual(expected)
  })

  it('waits for the chunk at work only: no other is begun', async () => {
    const month = await town.next()
    const old = await start(town, month)
    const release = await holdTable(town, 'household')
    const working = workOnRun(town, old, { lanes: 1 })
    await untilWaiting(town, 1)
    const starting = start(town, month)
    await untilWaiting(town, 2)
    const second = workOnRun(town, old, { lanes: 1 })
    await untilWaiting(town, 3)
    await release()
    await starting
    expect([await working, await second]).toEqual([1, 0])
  })

  it('by two people at once, is drafted twice and has the lines of one run', async () => {
    const month = await town.next()
    const expected = await undisturbed(month)
    const runs = await Promise.all([start(town, month), start(town, month)])
    const states = await Promise.all(runs.map((runId) => findRun(town, runId)))
    expect(new Set(states.map((run) => run?.state))).toEqual(new Set(['computing', 'dropped']))
    const done = await Promise.all(runs.map((runId) => workOnRun(town, runId, { lanes: 1 })))
    expect(new Set(done)).toEqual(new Set([0, CHUNKS]))
    const dumps = await Promise.all(runs.map((runId) => dumpRun(town, runId)))
    expect(dumps.filter((dump) => dump.length > 0)).toEqual([expected])
  })
})
