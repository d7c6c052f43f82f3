import { beforeEach, describe, expect, it } from '@jest/globals'
import { readAccountHistory } from '../../../../core/billing/account-life/account-event.ts'
import { changeHolder } from '../../../../core/billing/account-life/change-holder.ts'
import { closeAccount } from '../../../../core/billing/account-life/close-account.ts'
import { openAccount } from '../../../../core/billing/account-life/open-account.ts'
import { type Period, plainDate } from '../../../../core/period.ts'
import { wholeQuantity } from '../../../../core/quantity.ts'
import { changeHolderAndTell } from '../../../../core/notices/change-holder-and-tell.ts'
import { testTown } from '../../../support/town.ts'
import {
  addAccount,
  addAgreement,
  addMeter,
  addPerson,
  addProvider,
  addReading,
  addService,
} from '../../../support/world.ts'
import { book, entry, OCTOBER } from '../../ledger/books.ts'

const town = await testTown()
const STAFF = { reason: 'Заява № 5', author: 'test' }
const FROM = plainDate('2026-11-01')

let providerCode: string
let providerId: number
let made = 0
beforeEach(async () => {
  made += 1
  providerCode = String(87_000_000 + made)
  providerId = await addProvider(town, { code: providerCode })
  await addService(town, { providerId, code: '10' })
  await addService(town, { providerId, code: '20' })
})

const history = (accountId: number) => readAccountHistory(town, accountId, { limit: 10 })

describe('an account', () => {
  const open = (given: Partial<Parameters<typeof openAccount>[1]> = {}) =>
    openAccount(town, {
      ...{ providerCode, number: '0017', holderName: 'Особа', occupants: 3, from: FROM, ...STAFF },
      address: { streetType: 'вул.', street: 'Ривенделлська', house: '1', flat: '2' },
      totalArea: wholeQuantity(60),
      heatedArea: wholeQuantity(55),
      services: ['10', '20'],
      ...given,
    })

  it('opens with premise, household and agreements from a day', async () => {
    const opened = await open()
    if (!opened.ok) throw new Error(opened.code)
    const { accountId } = opened.value
    const [account] = await town.sql.many`
      select a.number, a.opened_on as opened, p.flat, w.occupants, w.total_area_e8 as area,
        w.from_day as "from"
      from account a join premise p on p.id = a.premise_id join household w on w.account_id = a.id
      where a.id = ${accountId}`
    expect(account).toEqual({
      ...{ number: '0017', opened: FROM, flat: '2', occupants: 3 },
      ...{ area: wholeQuantity(60), from: '1900-01-01' },
    })
    expect(
      await town.sql.many`select from_day as day from agreement where account_id = ${accountId}`,
    ).toEqual([{ day: FROM }, { day: FROM }])
    expect(await history(accountId)).toEqual([
      {
        ...{ id: expect.any(Number), kind: 'opened', day: FROM, ...STAFF, at: town.now() },
        details: { services: ['10', '20'] },
      },
    ])
  })

  it.each([
    ['provider-not-found', { providerCode: '1' }],
    ['account-number-empty', { number: '\u200B' }],
    ['service-not-found', { services: ['10', '99'] }],
    ['household-wrong', { heatedArea: wholeQuantity(61) }],
    ['household-wrong', { occupants: -1 }],
  ])('is not opened: %s', async (code, given) => {
    expect(await open(given)).toMatchObject({ ok: false, code })
    const { count } = await town.sql.one<{ count: number }>`
      select count(*)::int4 as count from account where provider_id = ${providerId}`
    expect(count).toBe(0)
  })

  it('is not opened twice, however its number is written', async () => {
    await open({ number: '17-А' })
    expect(await open({ number: ' 17–a ' })).toEqual({ ok: false, code: 'account-exists' })
  })
})

describe('an account that closes', () => {
  let accountId: number
  let agreementId: number
  beforeEach(async () => {
    accountId = await addAccount(town, { providerId })
    agreementId = await addAgreement(town, { providerId, accountId })
  })
  const close = (on = '2026-11-01') =>
    closeAccount(town, { accountId, on: plainDate(on), ...STAFF })

  it('ends its agreements and says what stays owed', async () => {
    const side = { agreementId, providerId }
    await book(town, providerId, [entry(side, 2_000_000 + made, { amount: 12_050 })])
    expect(await close()).toEqual({
      ok: true,
      value: { balance: 12_050n, balances: [{ agreementId, balance: 12_050n }] },
    })
    expect(
      await town.sql
        .one`select to_day as day, ended_at as at from agreement where id = ${agreementId}`,
    ).toEqual({ day: FROM, at: town.now() })
    expect(await history(accountId)).toMatchObject([
      { kind: 'closed', day: FROM, details: { balance: '12050' } },
    ])
    expect(await close()).toEqual({ ok: false, code: 'account-closed' })
  })

  it('keeps the end of what ended before', async () => {
    await town.sql.run`update agreement set to_day = '2026-10-01' where id = ${agreementId}`
    await close()
    expect(
      await town.sql.one`select to_day as day from agreement where id = ${agreementId}`,
    ).toEqual({ day: '2026-10-01' })
  })

  it('needs a closing reading of every dial', async () => {
    const { registerIds } = await addMeter(town, { agreementId, serial: '55', zones: [1, 2] })
    const [day = 0, night = 0] = registerIds
    const value = wholeQuantity(5)
    const refused = { ok: false, code: 'meter-running', meters: ['55'] }
    await addReading(town, { registerId: day, takenOn: '2026-10-31', value })
    await addReading(town, { registerId: night, takenOn: '2026-10-30', value })
    expect(await close()).toEqual(refused)
    await addReading(town, { registerId: night, takenOn: '2026-11-01', value })
    expect(await close()).toMatchObject({ ok: true })
  })

  it('needs none of a meter that was removed', async () => {
    await addMeter(town, { agreementId, removedOn: '2026-10-10' })
    expect(await close()).toMatchObject({ ok: true })
  })

  it('is known and was open before', async () => {
    await town.sql.run`update account set opened_on = '2026-11-01' where id = ${accountId}`
    expect(await close()).toEqual({ ok: false, code: 'closes-before-opened' })
    expect(await closeAccount(town, { accountId: 999_999, on: FROM, ...STAFF })).toEqual({
      ok: false,
      code: 'account-not-found',
    })
  })
})

describe('another holder', () => {
  let accountId: number
  beforeEach(async () => {
    accountId = await addAccount(town, { providerId })
  })
  const holder = (holderName: string, phone: string | null = null) => ({
    ...{ accountId, holderName, phone, email: null, from: FROM, ...STAFF },
  })
  const link = async () => {
    const { consumerId } = await addPerson(town)
    await town.sql.run`
      insert into link (consumer_id, account_id, role, proof, created_at)
      values (${consumerId}, ${accountId}, 'owner', 'meter', ${town.now()})`
    return consumerId
  }
  const running = () => town.sql.many`
    select 1 from link where account_id = ${accountId} and ended_at is null`

  it('ends the links, voids printed codes and tells those who had them', async () => {
    const consumerId = await link()
    expect(await changeHolderAndTell(town, holder('Інша Особа'))).toEqual({
      ok: true,
      value: { isNewHolder: true, linksEnded: 1 },
    })
    expect(await running()).toEqual([])
    expect(await town.sql.many`select kind from notice where consumer_id = ${consumerId}`).toEqual([
      { kind: 'security' },
    ])
    const codes = await town.sql.many<{ period: Period }>`
      select period from used_bill_code where account_id = ${accountId}`
    expect(codes.map(({ period }) => period)).toContain(OCTOBER)
    expect(JSON.stringify(await history(accountId))).not.toContain('Особа')
  })

  it('of the same name in other letters is none: only the phone changes', async () => {
    await changeHolder(town, holder('Особа'))
    await link()
    expect(await changeHolderAndTell(town, holder('ОСОБА', '067'))).toEqual({
      ok: true,
      value: { isNewHolder: false, linksEnded: 0 },
    })
    expect((await running()).length).toBe(1)
    expect((await history(accountId)).map(({ kind }) => kind)).toEqual([
      'contacts-changed',
      'holder-changed',
    ])
  })

  it('is refused when nothing differs, for a closed account and for none', async () => {
    await changeHolder(town, holder('Особа'))
    expect(await changeHolder(town, holder('Особа'))).toEqual({
      ok: false,
      code: 'holder-unchanged',
    })
    await closeAccount(town, { accountId, on: FROM, ...STAFF })
    expect(await changeHolderAndTell(town, holder('Ще Інша'))).toEqual({
      ok: false,
      code: 'account-closed',
    })
    expect(await changeHolder(town, { ...holder('Особа'), accountId: 999_999 })).toEqual({
      ok: false,
      code: 'account-not-found',
    })
  })
})

describe('a history', () => {
  it('gives the latest first, no more than asked', async () => {
    const accountId = await addAccount(town, { providerId })
    const holder = { accountId, phone: null, email: null, from: FROM, ...STAFF }
    for (const holderName of ['Перша', 'Друга', 'Третя']) {
      town.clock.advance({ minutes: 1 })
      await changeHolder(town, { ...holder, holderName })
    }
    const events = await readAccountHistory(town, accountId, { limit: 2 })
    expect(events.map(({ at }) => at)).toEqual([
      town.now(),
      new Date(town.now().getTime() - 60_000),
    ])
  })
})
