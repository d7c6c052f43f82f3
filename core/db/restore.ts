import { accept, refuse } from '../result.ts'
import {
  type BackupHeader,
  type BackupRow,
  type BackupTable,
  DamagedBackup,
  readBackup,
} from './backup-format.ts'
import { bulkInsert } from './bulk-insert.ts'
import { type Sql } from './sql.ts'
import { identifier, readSchemaVersion, readTables } from './town-tables.ts'

/** The first start of a town writes its one row here: a backup brings its own. */
const TOWN_ROW = 'town'
const NONE: ReadonlySet<string> = new Set()

/**
 * Fills an empty town with what a backup holds, all of it or nothing, in bounded memory. The whole file
 * is checked before the first row is written.
 *
 * Gives the header of the backup. Tables named in `without` stay empty.
 * Refuses: `backup-damaged` with `reason`; `backup-of-other-version` with the migrations `theirs` and
 * `ours`; `town-not-empty` with the first `table` that has rows.
 */
export async function restoreBackup(sql: Sql, file: string, without: ReadonlySet<string> = NONE) {
  try {
    const header = await check(file)
    return await sql.transaction(async (inside) => {
      const ours = await readSchemaVersion(inside)
      const theirs = header.schemaVersion
      if (theirs !== ours) return refuse('backup-of-other-version', { theirs, ours })
      const table = await firstFilled(inside)
      if (table !== null) return refuse('town-not-empty', { table })
      await fill(inside, file, without)
      return accept(header)
    })
  } catch (error) {
    if (!(error instanceof DamagedBackup)) throw error
    return refuse('backup-damaged', { reason: error.message })
  }
}

async function check(file: string): Promise<BackupHeader> {
  let header: BackupHeader | null = null
  for await (const part of readBackup(file)) if ('header' in part) header = part.header
  if (!header) throw new DamagedBackup('the file is empty')
  return header
}

async function firstFilled(sql: Sql): Promise<string | null> {
  for (const { name } of await readTables(sql)) {
    if (name === TOWN_ROW) continue
    const rows = await sql.unsafe(`SELECT FROM ${identifier(name)} LIMIT 1`)
    if (rows.length > 0) return name
  }
  return null
}

/** Reads the file once more; were it changed meanwhile, the error undoes the transaction. */
async function fill(sql: Sql, file: string, without: ReadonlySet<string>): Promise<void> {
  await sql.unsafe(`DELETE FROM ${identifier(TOWN_ROW)}`)
  for await (const part of readBackup(file)) {
    if ('header' in part) await setSequences(sql, part.header)
    else if (!without.has(part.table.name)) await insert(sql, part.table, part.rows)
  }
}

async function insert(sql: Sql, table: BackupTable, rows: readonly BackupRow[]): Promise<void> {
  const columns = Object.fromEntries(table.columns.map(({ name, type }) => [name, type]))
  await bulkInsert(sql, table.name, columns, rows)
}

async function setSequences(sql: Sql, { sequences }: BackupHeader): Promise<void> {
  for (const { last, name } of sequences)
    if (last !== null)
      await sql.run`select setval(format('%I', ${name}::text)::regclass, ${last}::int8)`
}
