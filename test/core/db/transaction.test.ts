import { beforeEach, expect, it } from '@jest/globals'
import { type Context } from '../../../core/context.ts'
import { transaction } from '../../../core/db/transaction.ts'
import { testTown } from '../../support/town.ts'

const town = await testTown()

beforeEach(() => town.sql.run`truncate consumer cascade`)

const add = ({ sql, now }: Context) => sql.run`insert into consumer (created_at) values (${now()})`
const count = ({ sql }: Context) => sql.one<{ n: bigint }>`select count(*) as n from consumer`

it('the work gets a context of the same shape whose writes commit together', async () => {
  const seen = await transaction(town, async (ctx) => {
    await add(ctx)
    return { ...(await count(ctx)), zone: ctx.zone, clock: ctx.clock }
  })
  expect(seen).toEqual({ n: 1n, zone: 'Europe/Kyiv', clock: town.clock })
  expect(await count(town)).toEqual({ n: 1n })
})

it('a use case that opens a transaction joins the one it is called in', async () => {
  const failing = transaction(town, async (ctx) => {
    await transaction(ctx, add)
    throw new Error('the outer one fails')
  })
  await expect(failing).rejects.toThrow('the outer one fails')
  expect(await count(town)).toEqual({ n: 0n })
})

it('the clock of a test town moves only when it is told to', () => {
  town.clock.set('2026-10-31T23:30:00+02:00')
  town.clock.advance({ days: 1, hours: 1, minutes: 1, seconds: 1 })
  expect(town.now().toISOString()).toBe('2026-11-01T22:31:01.000Z')
  expect(() => town.clock.set('2026-10-31')).toThrow('not a moment with a zone')
})
