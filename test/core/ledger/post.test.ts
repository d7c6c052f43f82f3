import { beforeEach, describe, expect, it } from '@jest/globals'
import { debtMovement } from '../../../core/ledger/movement.ts'
import { post } from '../../../core/ledger/post.ts'
import { readBalances } from '../../../core/ledger/read-balances.ts'
import { readStatements } from '../../../core/ledger/read-statements.ts'
import { kopecks } from '../../../core/money.ts'
import { transaction } from '../../../core/db/transaction.ts'
import { testTown } from '../../support/town.ts'
import { addAccount, addAgreement, addProvider, addService } from '../../support/world.ts'
import { book, DECEMBER, entry, NOVEMBER, OCTOBER } from './books.ts'

const town = await testTown()
let providerId: number
let side: { agreementId: number; providerId: number }
let key = 0
beforeEach(async () => {
  providerId = await addProvider(town)
  side = { agreementId: await addAgreement(town, { providerId }), providerId }
  key += 100
})

const posting = (entries: ReturnType<typeof entry>[], author = 'test') =>
  post(town, { providerId, author, entries })
const months = () => readStatements(town, side.agreementId, { limit: 10 })
const countEntries = async () => {
  const { count } = await town.sql.one<{ count: bigint }>`
    select count(*) from entry e join posting p on p.id = e.posting_id
    where p.provider_id = ${providerId}`
  return Number(count)
}

describe('posting', () => {
  it('shows each kind in its column, and the month closes with their sum', async () => {
    await book(town, providerId, [
      entry(side, key, { kind: 'opening', amount: 12_000 }),
      entry(side, key + 1, { kind: 'accrual', amount: 31_040 }),
      entry(side, key + 2, { kind: 'subscription', amount: 1500 }),
      entry(side, key + 3, { kind: 'penalty', amount: 85 }),
      entry(side, key + 4, { kind: 'correction', amount: -4150 }),
      entry(side, key + 5, { kind: 'benefit', amount: 4560 }),
      entry(side, key + 6, { kind: 'payment', amount: 12_000 }),
    ])
    expect(await months()).toEqual([
      {
        period: OCTOBER,
        opening: 12_000n,
        accrued: 31_040n,
        subscription: 1500n,
        penalty: 85n,
        correction: -4150n,
        benefit: 4560n,
        subsidy: 0n,
        paid: 12_000n,
        closing: 23_915n,
      },
    ])
  })

  it('into an earlier month moves every later one', async () => {
    await book(town, providerId, [entry(side, key, { period: DECEMBER })])
    await book(town, providerId, [entry(side, key + 1, { period: OCTOBER })])
    await book(town, providerId, [entry(side, key + 2, { period: NOVEMBER })])
    const chain = (await months()).map(({ closing, opening, period }) => [period, opening, closing])
    expect(chain).toEqual([
      [DECEMBER, 200n, 300n],
      [NOVEMBER, 100n, 200n],
      [OCTOBER, 0n, 100n],
    ])
  })

  it('a debt moved is a correction on both sides', async () => {
    const other = await addAgreement(town, { providerId })
    const moved = debtMovement(side.agreementId, other, kopecks(700))
    await book(town, providerId, [{ ...entry(side, key), ...moved }])
    const of = async (id: number) => (await readStatements(town, id, { limit: 1 }))[0]
    expect(await of(side.agreementId)).toMatchObject({ correction: -700n, closing: -700n })
    expect(await of(other)).toMatchObject({ correction: 700n, closing: 700n })
  })

  it('of known and new entries together books the new ones', async () => {
    await posting([entry(side, key)])
    const second = await posting([entry(side, key), entry(side, key + 1)])
    expect(second).toMatchObject({ ok: true, value: { booked: 1, replayed: false } })
    expect(await countEntries()).toBe(2)
  })

  it('the same again, by anybody and in any order, is answered as replayed', async () => {
    const entries = [entry(side, key, { reason: 'одне' }), entry(side, key + 1)]
    await posting(entries)
    expect(await posting(entries.toReversed(), 'somebody else')).toEqual({
      ok: true,
      value: { postingId: null, booked: 0, replayed: true },
    })
    expect(await countEntries()).toBe(2)
  })

  it.each([
    ['amount', { amount: 101 }],
    ['kind', { kind: 'penalty' as const }],
    ['side', { amount: -100 }],
    ['reason', { reason: 'another' }],
  ])('a known key with another %s is refused and nothing of it is booked', async (_, other) => {
    await posting([entry(side, key)])
    const before = await months()
    expect(await posting([entry(side, key + 1), entry(side, key, other)])).toEqual({
      ok: false,
      code: 'key-conflict',
      key: `4|${key}|0|${OCTOBER}`,
    })
    expect(await months()).toEqual(before)
    expect(await countEntries()).toBe(1)
  })

  it('refuses loudly what is no movement', async () => {
    const good = entry(side, key)
    await expect(posting([{ ...good, amount: kopecks(0) }])).rejects.toThrow(RangeError)
    await expect(posting([{ ...good, amount: kopecks(-1) }])).rejects.toThrow(RangeError)
    await expect(posting([{ ...good, to: good.from }])).rejects.toThrow(RangeError)
    await expect(posting([good, good])).rejects.toThrow(RangeError)
    expect(await countEntries()).toBe(0)
  })

  it('leaves nothing when the transaction around it fails', async () => {
    await posting([entry(side, key)])
    const before = await months()
    const failing = transaction(town, async (tx) => {
      await post(tx, { providerId, author: 'test', entries: [entry(side, key + 1)] })
      throw new Error('after it')
    })
    await expect(failing).rejects.toThrow('after it')
    expect(await months()).toEqual(before)
    const again = await posting([entry(side, key + 1)])
    expect(again).toMatchObject({ value: { booked: 1 } })
  })
})

describe('the journal', () => {
  it.each([
    ['entry', 'update entry set amount = amount + 1'],
    ['entry', 'delete from entry'],
    ['posting', "update posting set author = ''"],
    ['posting', 'delete from posting'],
  ])('of %s refuses: %s', async (table, statement) => {
    await posting([entry(side, key)])
    await expect(town.sql.unsafe(statement)).rejects.toThrow(`${table} is append-only`)
  })

  it('takes an entry back once only', async () => {
    await posting([entry(side, key)])
    const { id } = await town.sql.one<{ id: bigint }>`
      select id from entry where source_id = ${key} and source_kind = 4`
    const back = { ...entry(side, key + 1, { amount: -100 }), reversesId: id }
    await posting([back])
    await expect(posting([{ ...back, sourceId: BigInt(key + 2) }])).rejects.toThrow(
      'entry_reversed_once',
    )
  })
})

describe('balances', () => {
  it('are told for every service of the accounts, with and without entries', async () => {
    const accountId = await addAccount(town, { providerId })
    const water = await addService(town, { providerId, code: '11', name: 'Water' })
    const sewage = await addService(town, { providerId, code: '12', name: 'Sewage' })
    const unused = await addAgreement(town, { providerId, accountId, serviceId: sewage })
    const agreementId = await addAgreement(town, { providerId, accountId, serviceId: water })
    await book(town, providerId, [
      entry({ providerId, agreementId }, key, { amount: 500 }),
      entry({ providerId, agreementId }, key + 1, {
        kind: 'payment',
        amount: 800,
        period: NOVEMBER,
      }),
    ])
    const known = { accountId, knownUntil: '2026-11-05' }
    expect(await readBalances(town, [accountId])).toEqual([
      { ...known, agreementId, serviceName: 'Water', balance: -300n, lastPeriod: NOVEMBER },
      { ...known, agreementId: unused, serviceName: 'Sewage', balance: 0n, lastPeriod: null },
    ])
  })

  it('are known up to the latest day anything counts on, but not to a day to come', async () => {
    const accountId = await addAccount(town, { providerId })
    const agreementId = await addAgreement(town, { providerId, accountId })
    const knownUntil = async () => (await readBalances(town, [accountId]))[0]?.knownUntil
    expect(await knownUntil()).toBeNull()
    const charge = (sourceId: number, period: typeof OCTOBER) =>
      book(town, providerId, [entry({ agreementId, providerId }, sourceId, { period })])
    await charge(key, OCTOBER)
    expect(await knownUntil()).toBe('2026-10-15')
    await charge(key + 1, DECEMBER)
    expect(await knownUntil()).toBe('2026-11-05')
    await charge(key + 2, OCTOBER)
    expect(await knownUntil()).toBe('2026-11-05')
  })
})

describe('statements', () => {
  it('are read newest first, before a month, at most as many as asked, also as of an instant', async () => {
    for (const [index, period] of [OCTOBER, NOVEMBER, DECEMBER].entries())
      await book(town, providerId, [entry(side, key + index, { period })])
    town.clock.advance({ seconds: 1 })
    for (const options of [{}, { asOf: town.now() }]) {
      const read = async (more: object) => {
        const rows = await readStatements(town, side.agreementId, {
          limit: 10,
          ...options,
          ...more,
        })
        return rows.map((row) => row.period)
      }
      expect(await read({})).toEqual([DECEMBER, NOVEMBER, OCTOBER])
      expect(await read({ limit: 1 })).toEqual([DECEMBER])
      expect(await read({ before: DECEMBER })).toEqual([NOVEMBER, OCTOBER])
    }
  })
})
