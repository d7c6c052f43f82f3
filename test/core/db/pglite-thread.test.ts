import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { embeddedPool } from '../../../core/db/embedded-pool.ts'
import { openTown } from '../../../core/db/open-town.ts'
import { PgliteThread } from '../../../core/db/pglite-thread.ts'
import { poolSql } from '../../../core/db/pool-sql.ts'
import { silent } from '../../support/backends.ts'
import { startScript } from './child.ts'

const dataDir = await mkdtemp(path.join(tmpdir(), 'oselia-'))
afterAll(() => rm(dataDir, { recursive: true }))

const image = process.env['OSELIA_TEST_IMAGE'] ?? ''

describe('the embedded database', () => {
  it('that dies tells its owner, and every call rejects', async () => {
    const deaths: string[] = []
    const thread = await PgliteThread.start({
      image,
      onDeath: ({ message }) => deaths.push(message),
    })
    // The one statement it is known not to survive.
    const fatal = query('CREATE TEMP TABLE x (a int); COPY x FROM STDIN')
    const answers = await Promise.allSettled([thread.send(fatal), thread.send(query('SELECT 1'))])
    const death = 'the embedded database in memory stopped working: Program terminated with exit(1)'
    expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'rejected'])
    await expect(thread.send(query('SELECT 1'))).rejects.toThrow(death)
    expect(deaths).toEqual([death])
    await thread.close()
  })

  it('refuses calls after its close', async () => {
    const thread = await PgliteThread.start({ image })
    await thread.close()
    await thread.close()
    await expect(thread.send(query('SELECT 1'))).rejects.toThrow('is closed')
  })

  it('answers a use of the pool inside a transaction with an error, not with silence', async () => {
    const thread = await PgliteThread.start({ image })
    const pool = embeddedPool(thread, 'SET search_path = town', 100)
    const sql = poolSql(pool, false)
    const stuck = sql.transaction(() => sql.one`select 1`)
    await expect(stuck).rejects.toThrow('timeout exceeded when trying to connect')
    expect(await sql.one`select current_schema() as schema`).toEqual({ schema: 'town' })
    await pool.end()
    await thread.close()
  })

  it('has every acknowledged row after its process is killed in the middle of writes', async () => {
    let acknowledged = 0
    for (let round = 1; round <= 3; round++) {
      const writer = startScript('write-rows.ts', dataDir)
      const target = acknowledged + 40 + round * 13
      while (acknowledged < target) acknowledged = Number(await writer.line())
      await writer.kill()
    }
    const town = await openTown({ schema: 'town', dataDir, log: silent })
    try {
      const row = await town.sql.one<{ n: number; most: number; broken: number }>`
        select count(*)::int4 as n, max(n) as most,
               count(*) filter (where filler not like '%xy')::int4 as broken
        from numbered`
      expect(row.most).toBeGreaterThanOrEqual(acknowledged)
      expect(row).toEqual({ n: row.most, most: row.most, broken: 0 })
    } finally {
      await town.close()
    }
  })
})

/** A message of PostgreSQL's simple query protocol. */
function query(text: string): Buffer {
  const message = Buffer.from(`Q    ${text}\0`)
  message.writeInt32BE(message.length - 1, 1)
  return message
}
