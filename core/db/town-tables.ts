import { type Sql } from './sql.ts'

/** A table of the town; `type` as a statement takes it: `int4`, `text[]`. */
export type Table = { name: string; columns: { name: string; type: string }[] }

/**
 * All tables of the town, those others refer to before them, so that rows can be inserted in this
 * order. Read from the database itself: a new table can never be forgotten.
 */
export async function readTables(sql: Sql): Promise<Table[]> {
  const tables = await sql.many<Table & { needs: string[] }>`
    select c.relname as name,
      (select jsonb_agg(jsonb_build_object('name', a.attname, 'type',
          case when e.oid is null then t.typname::text else e.typname || '[]' end)
          order by a.attnum)
        from pg_attribute a
        join pg_type t on t.oid = a.atttypid
        left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      array(select r.relname::text from pg_constraint f join pg_class r on r.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as needs
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind = 'r' and c.relname <> '_prisma_migrations'
    order by c.relname`
  const ordered: Table[] = []
  let waiting = tables
  while (waiting.length > 0) {
    const isWaiting = (name: string) => waiting.some((table) => table.name === name)
    const ready = waiting.filter(({ needs }) => !needs.some(isWaiting))
    if (ready.length === 0) throw new Error('tables refer to each other in a circle')
    ordered.push(...ready.map(({ columns, name }) => ({ name, columns })))
    waiting = waiting.filter((table) => !ready.includes(table))
  }
  return ordered
}

/** The newest migration of the town's schema. */
export async function readSchemaVersion(sql: Sql): Promise<string> {
  const { version } = await sql.one<{ version: string }>`
    select max(migration_name) as version from _prisma_migrations
    where finished_at is not null and rolled_back_at is null`
  return version
}

/** A name of the catalogue as SQL text. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
