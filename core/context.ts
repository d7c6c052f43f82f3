import { type Logger } from './log.ts'
import { type PrismaClient } from './db/generated/client.ts'
import { type Sql } from './db/sql.ts'

/**
 * What every use case needs to know of its town: the first parameter everywhere. Built once by the
 * composition root; `transaction` derives one whose `sql` is inside the transaction.
 */
export type Context = {
  /** PostgreSQL schema of the town; it also prefixes advisory locks and channels. */
  schema: string
  country: 'ua' | 'by'
  /** ISO 4217, three letters. */
  currency: string
  /** IANA time zone of the town. */
  zone: string
  sql: Sql
  now: () => Date
  log: Logger
  /** Cryptographically random bytes; a seeded source in tests. */
  random: (bytes: number) => Uint8Array
}

/**
 * The town with Prisma's client, for single operations of staff and programs. Prisma has a session
 * of its own: use it outside transactions only.
 */
export type Town = Context & { prisma: PrismaClient }
