import { describe, expect, it } from '@jest/globals'
import { backend, serverUrl } from '../../support/backends.ts'

// The embedded database has no connection to lose: see pglite-thread.test.ts for its death.
const onServer = serverUrl ? describe : describe.skip

onServer('a server that drops its connections', () => {
  it('costs the work in progress and nothing else', async () => {
    const { sql, schema, discard } = await backend.open({ poolSize: 4 })
    try {
      await sql.unsafe('CREATE TABLE item (id int8)')
      const dropOthers = () => sql.many`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = ${`oselia ${schema}`} and pid <> pg_backend_pid()`
      // Idle ones, which nobody listens to but the pool.
      await Promise.all(Array.from({ length: 4 }, () => sql.one`select pg_sleep(0.05)`))
      await dropOthers()
      // One between two statements of a transaction.
      const interrupted = sql.transaction(async (inside) => {
        await inside.run`insert into item values (1)`
        await dropOthers()
        await inside.run`insert into item values (2)`
      })
      await expect(interrupted).rejects.toThrow(/terminat|not queryable/)
      await sql.transaction((inside) => inside.run`insert into item values (3)`)
      expect(await sql.many`select id from item`).toEqual([{ id: 3n }])
    } finally {
      await discard()
    }
  })
})
