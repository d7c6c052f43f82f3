import { randomBytes } from 'node:crypto'
import { type Town } from './context.ts'
import { type Database } from './db/open-town.ts'
import { type Logger } from './log.ts'
import { now } from './clock.ts'
import { loadProfile } from './tariffs/load-profile.ts'

/** What a town is told at its first start; later the database says it. */
export type TownSettings = { name: string; country: 'ua' | 'by'; currency: string; zone: string }

const SECRET_BYTES = 32

/**
 * The context of an open town. The first start writes who the town is and makes its secret; later
 * starts keep what is written, whatever the settings say now. Rules of the country that came with this
 * version are added.
 */
export async function contextOf(
  database: Database,
  settings: TownSettings,
  log: Logger,
): Promise<Town> {
  const { prisma, schema, sql } = database
  await sql.run`
    insert into town (id, name, country, currency, zone, bill_code_secret)
    values (1, ${settings.name}, ${settings.country}, ${settings.currency}, ${settings.zone},
      ${randomBytes(SECRET_BYTES)})
    on conflict (id) do nothing`
  const { country, currency, zone } = await sql.one<Omit<TownSettings, 'name'>>`
    select country, currency, zone from town`
  const town = { schema, country, currency, zone, sql, prisma, log, now, random: randomBytes }
  await loadProfile(town)
  return town
}
