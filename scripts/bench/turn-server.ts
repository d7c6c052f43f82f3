import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { type AddressInfo } from 'node:net'
import { createApp } from '../../api/app.ts'
import { type Bots, openBots } from '../../bots/bots.ts'
import { type Sql } from '../../core/db/sql.ts'
import { openTown } from '../../core/db/open-town.ts'
import { contextOf } from '../../core/town.ts'
import { openLog } from '../../log.ts'

// The product's own bots and webhook as a process of their own, counting what they ask the database.

const [apiRoot = '', databaseUrl = '', schema = '', token = ''] = process.argv.slice(2)
const log = openLog('error')
const database = await openTown({ schema, databaseUrl, log })
const settings = { name: 'bench', country: 'ua', currency: 'UAH', zone: 'Europe/Kyiv' } as const
const town = await contextOf(database, settings, log)
const counted = { statements: 0, transactions: 0 }
let bots: Bots | null = null
const app = createApp(town, { webhook: (name) => bots?.webhooks[name], openFile: async () => null })
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
bots = openBots(
  { ...town, sql: counting(town.sql), random: (bytes) => randomBytes(bytes) },
  { telegram: { token, apiRoot }, viber: null, publicUrl: url, lanes: 3 },
)
await bots.start()
const { sync } = await town.sql.one<{ sync: string }>`
  select current_setting('synchronous_commit') as sync`
process.send?.({ ready: true, url, synchronousCommit: sync })
process.on('message', () => {
  const { system, user } = process.cpuUsage()
  process.send?.({ ...counted, cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() })
})
process.on('disconnect', () => process.exit(0))

function counting(sql: Sql): Sql {
  const count =
    <A extends unknown[], R>(ask: (...given: A) => R) =>
    (...given: A): R => {
      counted.statements++
      return ask(...given)
    }
  return {
    ...sql,
    many: count(sql.many) as Sql['many'],
    maybe: count(sql.maybe) as Sql['maybe'],
    one: count(sql.one) as Sql['one'],
    run: count(sql.run),
    transaction: (work, options) => {
      counted.transactions++
      return sql.transaction((inside) => work(counting(inside)), options)
    },
  }
}
