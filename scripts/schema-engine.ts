import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'
import type pg from 'pg'

export type SchemaFile = { path: string; content: string }

/**
 * The SQL that turns the database behind `pool` (its schema `public`) into what the Prisma schema
 * describes; null when it is that already. Throws when the schema files do not parse.
 *
 * Uses Prisma's own schema engine as a library: the `prisma migrate` commands want to download a
 * native one.
 */
export async function diffToSchema(
  pool: pg.Pool,
  files: readonly SchemaFile[],
): Promise<string | null> {
  load()
  const datamodels = files.map(({ path, content }): [string, string] => [path, content])
  const adapter = bindMigrationAwareSqlAdapterFactory(adapterFactory(pool))
  const schemaEngine = await engine.SchemaEngine.new({ datamodels }, () => {}, adapter)
  const { exitCode, stdout } = await schemaEngine.diff({
    from: { tag: 'schemaDatasource', configDir: process.cwd(), files: [...files] },
    to: { tag: 'schemaDatamodel', files: [...files] },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  })
  return exitCode === CHANGED ? (stdout ?? '') : null
}

/** The engine's exit code when asked to report that there are differences. */
const CHANGED = 2

// Node has it; the type libraries this project compiles with do not.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> }
}

// The package's own entry imports WebAssembly as a module, which Node does not do by itself yet.
function load(): void {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const wasm = new WebAssembly.Module(readFileSync(file.replace(/\.js$/, '.wasm')))
  const instance = new WebAssembly.Instance(wasm, { './schema_engine_bg.js': engine })
  const panics = { set_message: (message: string) => console.error(message) }
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics })
  engine.__wbg_set_wasm(instance.exports)
  const start = instance.exports['__wbindgen_start']
  if (typeof start === 'function') start()
}

function adapterFactory(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg(pool)
  return {
    provider: 'postgres',
    adapterName: factory.adapterName,
    connect: async () =>
      Object.assign(await factory.connect(), {
        queryRaw: (query: SqlQuery) => queryCatalogue(pool, query),
      }),
    connectToShadowDb: () => Promise.reject(new Error('a difference needs no shadow database')),
  }
}

const LETTER = 18
const TEXT = 25

// The engine reads columns of the catalogue's one-letter type "char". The adapter refuses the type,
// so it is shown text, and the engine is told the truth afterwards.
async function queryCatalogue(pool: pg.Pool, query: SqlQuery): Promise<SqlResultSet> {
  const letters = new Set<number>()
  const asText = async (config: pg.QueryConfig) => {
    const result = await pool.query(config)
    for (const [index, field] of result.fields.entries()) {
      if (field.dataTypeID !== LETTER) continue
      letters.add(index)
      field.dataTypeID = TEXT
    }
    return result
  }
  const reader = Object.create(pool, { query: { value: asText } }) as pg.Pool
  const adapter = await new PrismaPg(reader).connect()
  const result = await adapter.queryRaw(query)
  await adapter.dispose()
  const columnTypes = result.columnTypes.map((type, index) =>
    letters.has(index) ? ColumnTypeEnum.Character : type,
  )
  return { ...result, columnTypes }
}
