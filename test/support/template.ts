import { writeFile } from 'node:fs/promises'
import { embeddedPool } from '../../core/db/embedded-pool.ts'
import { migrate, readMigrations } from '../../core/db/migrate.ts'
import { PgliteThread } from '../../core/db/pglite-thread.ts'

// Writes a dump of an empty, migrated town `town` to the file named on the command line.
const [file] = process.argv.slice(2)
if (!file) throw new Error('template.ts <file>')

const thread = await PgliteThread.start({})
const pool = embeddedPool(thread, 'CREATE SCHEMA town; SET search_path = town')
const client = await pool.connect()
await migrate(client, await readMigrations())
client.release()
await pool.end()
await writeFile(file, await thread.dump())
await thread.close()
