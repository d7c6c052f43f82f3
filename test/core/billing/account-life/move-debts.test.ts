import { beforeEach, describe, expect, it } from '@jest/globals'
import { readAccountHistory } from '../../../../core/billing/account-life/account-event.ts'
import { mergeAccounts } from '../../../../core/billing/account-life/merge-accounts.ts'
import { moveDebt } from '../../../../core/billing/account-life/move-debt.ts'
import { splitDebt } from '../../../../core/billing/account-life/split-debt.ts'
import { issueMonths } from '../../../../core/billing/issue-months.ts'
import { readBalances } from '../../../../core/ledger/read-balances.ts'
import { verify } from '../../../../core/ledger/verify.ts'
import { type EntryKind } from '../../../../core/ledger/entry-kind.ts'
import { kopecks } from '../../../../core/money.ts'
import { period, plainDate } from '../../../../core/period.ts'
import { testTown } from '../../../support/town.ts'
import {
  addAccount,
  addAgreement,
  addMeter,
  addProvider,
  addService,
} from '../../../support/world.ts'
import { book, entry } from '../../ledger/books.ts'

const town = await testTown()
const ON = plainDate('2026-11-01')
const STAFF = { reason: 'Заява № 5', author: 'test' }

let providerCode: string
let providerId: number
let water: number
let heat: number
let accounts: [number, number, number]
/** Agreements of the three accounts for water. */
let agreements: [number, number, number]
let made = 0
beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  made += 1
  providerCode = String(88_000_000 + made)
  providerId = await addProvider(town, { code: providerCode })
  water = await addService(town, { providerId, code: '1' })
  heat = await addService(town, { providerId, code: '2' })
  const account = () => addAccount(town, { providerId })
  accounts = [await account(), await account(), await account()]
  const agree = (accountId: number) =>
    addAgreement(town, { providerId, accountId, serviceId: water })
  agreements = [await agree(accounts[0]), await agree(accounts[1]), await agree(accounts[2])]
})

let sources = 1_000_000
const charge = (agreementId: number, month: number, amount: number, kind: EntryKind = 'accrual') =>
  book(town, providerId, [
    entry({ agreementId, providerId }, (sources += 1), { period: period(month), amount, kind }),
  ])
const balanceOf = async (agreementId: number) => {
  const rows = await readBalances(town, accounts)
  return Number(rows.find((row) => row.agreementId === agreementId)?.balance ?? 0)
}
const moves = () => town.sql.many<{ about: number | null; amount: bigint; period: number }>`
  select e.about_period as about, e.amount, e.period from entry e
  join debt_transfer t on e.source_kind = 7 and e.source_id = t.id
  where t.from_id = any(${agreements}::int4[]) order by e.id`
const kinds = async (accountId: number) =>
  (await readAccountHistory(town, accountId, { limit: 10 })).map((event) => event.kind)
async function expectSoundBooks(): Promise<void> {
  for await (const fault of verify(town)) expect(fault).toBeUndefined()
}

describe('a debt', () => {
  beforeEach(async () => {
    await charge(agreements[0], 202608, 500)
    await charge(agreements[0], 202609, 300)
    await charge(agreements[0], 202610, 200)
    await charge(agreements[0], 202610, 450, 'payment')
  })
  const move = (given: { amount?: number; to?: number; requestKey?: string } = {}) =>
    moveDebt(town, {
      ...{ fromId: agreements[0], toId: given.to ?? agreements[1], ...STAFF },
      ...(given.amount === undefined ? {} : { amount: kopecks(given.amount) }),
      ...(given.requestKey === undefined ? {} : { requestKey: given.requestKey }),
    })

  it('moves by the months it is made of, in the open month', async () => {
    await issueMonths(town, { providerCode, month: period(202610) })
    expect(await move()).toMatchObject({
      ok: true,
      value: { transfers: [{ fromId: agreements[0], toId: agreements[1], amount: 550n }] },
    })
    expect(await moves()).toEqual([
      { about: 202608, amount: 50n, period: 202611 },
      { about: 202609, amount: 300n, period: 202611 },
      { about: 202610, amount: 200n, period: 202611 },
    ])
    expect([await balanceOf(agreements[0]), await balanceOf(agreements[1])]).toEqual([0, 550])
    await expectSoundBooks()
  })

  it('moves in part, the oldest first, and the rest keeps its months', async () => {
    await move({ amount: 100 })
    await move()
    expect((await moves()).map(({ about, amount }) => [about, Number(amount)])).toEqual([
      [202608, 50],
      [202609, 50],
      [202609, 250],
      [202610, 200],
    ])
  })

  it('keeps its months when it is moved on', async () => {
    await move()
    await moveDebt(town, { fromId: agreements[1], toId: agreements[2], ...STAFF })
    const abouts = (await moves()).map(({ about }) => about)
    expect(abouts).toEqual([202608, 202609, 202610, 202608, 202609, 202610])
  })

  it('asked for again with its key moves once', async () => {
    const first = await move({ requestKey: 'k1' })
    const again = await move({ requestKey: 'k1' })
    expect(again).toEqual({ ok: true, value: { ...(first.ok && first.value), replayed: true } })
    expect(await balanceOf(agreements[1])).toBe(550)
    expect(await move({ requestKey: 'k1', amount: 5 })).toEqual({ ok: false, code: 'key-conflict' })
    const elsewhere = { fromId: agreements[1], toId: agreements[2], ...STAFF, requestKey: 'k1' }
    expect(await moveDebt(town, elsewhere)).toEqual({ ok: false, code: 'key-conflict' })
  })

  it('stands in the history of both accounts', async () => {
    await move()
    expect([await kinds(accounts[0]), await kinds(accounts[1])]).toEqual([
      ['debt-moved'],
      ['debt-moved'],
    ])
    const [event] = await readAccountHistory(town, accounts[0], { limit: 1 })
    expect(event).toMatchObject({ ...STAFF, day: '2026-11-05', details: { amount: '550' } })
  })

  it.each([
    ['more-than-owed', { amount: 551 }],
    ['more-than-owed', { amount: -1 }],
    ['nothing-to-move', { amount: 0 }],
    ['agreement-not-found', { to: 999_999 }],
  ] as const)('is refused as %s: %j', async (code, given) => {
    expect(await move(given)).toMatchObject({ ok: false, code })
    expect(await moves()).toEqual([])
  })

  it('is refused onto itself, onto another provider and onto a closed account', async () => {
    expect(await move({ to: agreements[0] })).toMatchObject({ code: 'same-agreement' })
    const other = await addAgreement(town, { providerId: await addProvider(town) })
    expect(await move({ to: other })).toMatchObject({ code: 'other-provider' })
    await town.sql.run`update account set closed_on = ${ON} where id = ${accounts[1]}`
    expect(await move()).toMatchObject({ code: 'account-closed' })
  })
})

describe('a credit', () => {
  it('moves as one entry about no month', async () => {
    await charge(agreements[0], 202610, 200)
    await charge(agreements[0], 202610, 320, 'payment')
    const moved = await moveDebt(town, { fromId: agreements[0], toId: agreements[1], ...STAFF })
    expect(moved).toMatchObject({
      value: { transfers: [{ fromId: agreements[1], toId: agreements[0], amount: 120n }] },
    })
    expect(await moves()).toEqual([{ about: null, amount: 120n, period: 202611 }])
    expect([await balanceOf(agreements[0]), await balanceOf(agreements[1])]).toEqual([0, -120])
  })
})

describe('what stood open at the start', () => {
  it('moves as owed for the month before', async () => {
    await charge(agreements[0], 202609, 700, 'opening')
    await moveDebt(town, { fromId: agreements[0], toId: agreements[1], ...STAFF })
    expect((await moves()).map(({ about }) => about)).toEqual([202608])
  })
})

describe('a debt of an account', () => {
  type Share = { accountId: number; weight: bigint }
  const split = (shares: Share[], requestKey?: string) =>
    splitDebt(town, {
      ...{ accountId: accounts[0], shares, ...STAFF },
      ...(requestKey === undefined ? {} : { requestKey }),
    })
  const thirds = () =>
    accounts.map((accountId, place) => ({ accountId, weight: BigInt(2 ** place) }))

  it('splits by weights without losing a kopeck, and its own share stays', async () => {
    await charge(agreements[0], 202609, 2000)
    await charge(agreements[0], 202610, 1)
    expect(await split(thirds(), 'half')).toMatchObject({ ok: true, value: { replayed: false } })
    const balances = await Promise.all(agreements.map(balanceOf))
    expect(balances).toEqual([286, 571, 1144])
    expect(await split(thirds(), 'half')).toMatchObject({ ok: true, value: { replayed: true } })
    expect(await Promise.all(agreements.map(balanceOf))).toEqual(balances)
    expect(await kinds(accounts[2])).toEqual(['debt-split'])
    await expectSoundBooks()
  })

  it('is split service by service, a credit of one stays', async () => {
    const own = await addAgreement(town, { providerId, accountId: accounts[0], serviceId: heat })
    await charge(agreements[0], 202610, 100)
    await charge(own, 202610, 50, 'payment')
    await split([{ accountId: accounts[1], weight: 1n }])
    expect(await balanceOf(own)).toBe(-50)
    expect(await balanceOf(agreements[1])).toBe(100)
  })

  it.each<[string, (of: typeof accounts) => Share[]]>([
    ['weights-wrong', (of) => [{ accountId: of[1], weight: 0n }]],
    [
      'weights-wrong',
      (of) => [
        { accountId: of[1], weight: 2n },
        { accountId: of[2], weight: -1n },
      ],
    ],
    [
      'weights-wrong',
      (of) => [
        { accountId: of[1], weight: 1n },
        { accountId: of[1], weight: 1n },
      ],
    ],
    ['weights-wrong', () => []],
    ['account-not-found', () => [{ accountId: 999_999, weight: 1n }]],
    ['nothing-to-move', (of) => [{ accountId: of[0], weight: 1n }]],
  ])('is refused as %s', async (code, shares) => {
    await charge(agreements[0], 202610, 100)
    expect(await split(shares(accounts))).toMatchObject({ ok: false, code })
  })

  it('is refused onto an account without the service, a closed one, another provider’s', async () => {
    const onto = [{ accountId: accounts[1], weight: 1n }]
    const own = await addAgreement(town, { providerId, accountId: accounts[0], serviceId: heat })
    await charge(own, 202610, 100)
    expect(await split(onto)).toEqual({
      ...{ ok: false, code: 'service-not-agreed' },
      ...{ accountId: accounts[1], serviceId: heat },
    })
    await town.sql.run`update account set closed_on = ${ON} where id = ${accounts[1]}`
    expect(await split(onto)).toMatchObject({ code: 'account-closed', accountId: accounts[1] })
    const foreign = await addAccount(town, { providerId: await addProvider(town) })
    const answer = await split([{ accountId: foreign, weight: 1n }])
    expect(answer).toMatchObject({ code: 'other-provider' })
    expect(await splitDebt(town, { accountId: 999_999, shares: [], ...STAFF })).toMatchObject({
      code: 'account-not-found',
    })
  })
})

describe('an account merged into another', () => {
  const merge = (given: { from?: number; into?: number; requestKey?: string; on?: string } = {}) =>
    mergeAccounts(town, {
      ...{ fromId: given.from ?? accounts[0], intoId: given.into ?? accounts[1], ...STAFF },
      on: plainDate(given.on ?? '2026-11-01'),
      ...(given.requestKey === undefined ? {} : { requestKey: given.requestKey }),
    })

  it('gives its debts and credits away and closes, once', async () => {
    const own = await addAgreement(town, { providerId, accountId: accounts[0], serviceId: heat })
    const other = await addAgreement(town, { providerId, accountId: accounts[1], serviceId: heat })
    await charge(agreements[0], 202610, 100)
    await charge(own, 202610, 30, 'payment')
    expect(await merge({ requestKey: 'm1' })).toMatchObject({ value: { replayed: false } })
    expect(await merge({ requestKey: 'm1' })).toMatchObject({ value: { replayed: true } })
    expect(await Promise.all([...agreements, own, other].map(balanceOf))).toEqual([
      ...[0, 100, 0],
      ...[0, -30],
    ])
    expect(
      await town.sql.one`select closed_on as on from account where id = ${accounts[0]}`,
    ).toEqual({ on: ON })
    const ended = await town.sql.many`
      select to_day as to, ended_at as at from agreement where account_id = ${accounts[0]}`
    expect(ended).toEqual([
      { to: ON, at: town.now() },
      { to: ON, at: town.now() },
    ])
    expect(await merge({ requestKey: 'm1', into: accounts[2] })).toMatchObject({
      code: 'key-conflict',
    })
    expect([await kinds(accounts[0]), await kinds(accounts[1])]).toEqual([['merged'], ['merged']])
    await expectSoundBooks()
  })

  it('needs no agreement there for a service it owes nothing for', async () => {
    await addAgreement(town, { providerId, accountId: accounts[0], serviceId: heat })
    expect(await merge()).toEqual({ ok: true, value: { transfers: [], replayed: false } })
  })

  it('is refused when the other has no such service, and stays open', async () => {
    const own = await addAgreement(town, { providerId, accountId: accounts[0], serviceId: heat })
    await charge(own, 202610, 100)
    expect(await merge()).toMatchObject({ code: 'service-not-agreed', serviceId: heat })
    expect(
      await town.sql.one`select closed_on as on from account where id = ${accounts[0]}`,
    ).toEqual({ on: null })
  })

  it('is refused while a meter of it runs', async () => {
    await addMeter(town, { agreementId: agreements[0], serial: '077' })
    expect(await merge()).toMatchObject({ code: 'meter-running', meters: ['077'] })
  })

  it('is refused with itself, unknown ones, other providers and closed ones', async () => {
    expect(await merge({ into: accounts[0] })).toMatchObject({ code: 'same-account' })
    expect(await merge({ into: 999_999 })).toMatchObject({ code: 'account-not-found' })
    const foreign = await addAccount(town, { providerId: await addProvider(town) })
    expect(await merge({ into: foreign })).toMatchObject({ code: 'other-provider' })
    await town.sql.run`update account set opened_on = '2026-11-02' where id = ${accounts[0]}`
    expect(await merge()).toMatchObject({ code: 'closes-before-opened' })
    await town.sql.run`update account set closed_on = ${ON} where id = ${accounts[1]}`
    expect(await merge()).toMatchObject({ code: 'account-closed' })
  })
})
