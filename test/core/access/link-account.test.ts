import { beforeEach, describe, expect, it } from '@jest/globals'
import { billCode } from '../../../core/access/bill-code.ts'
import { linkAccount } from '../../../core/access/link-account.ts'
import { endLink, readLinkedAccounts } from '../../../core/access/linked-accounts.ts'
import { type Person } from '../../../core/access/person.ts'
import { type Proof } from '../../../core/access/proof.ts'
import { kopecks } from '../../../core/money.ts'
import { period, type PlainDate } from '../../../core/period.ts'
import { testTown } from '../../support/town.ts'
import {
  addAccount,
  addAgreement,
  addMeter,
  addPayment,
  addPerson,
  addProvider,
  addTown,
} from '../../support/world.ts'

const town = await testTown()
await addTown(town)
const OCTOBER = period(202610)
const START = '2026-11-05T10:00:00Z'

let providerId: number
let accountId: number
let agreementId: number
let number: string
let person: Person
let accounts = 0
beforeEach(async () => {
  town.clock.set(START)
  accounts += 1
  number = `0${accounts}00101`
  providerId = await addProvider(town)
  accountId = await addAccount(town, { providerId, number, phone: '+38 (000) 303-05-04' })
  agreementId = await addAgreement(town, { providerId, accountId })
  await addMeter(town, { agreementId, serial: '032264' })
  await addPayment(town, { agreementId, ...payment('2026-10-15', 20_020) })
  person = await addPerson(town)
})

const day = (text: string) => text as PlainDate
const payment = (paidOn: string, amount: number) => ({
  paidOn: day(paidOn),
  amount: kopecks(amount),
})
const link = (proof: Proof, given: { person?: Person; number?: string } = {}) =>
  linkAccount(town, { person, number, proof, ...given })
const meter = (serial: string): Proof => ({ kind: 'meter', serial })
const paid = (paidOn: string, amount: number): Proof => ({
  kind: 'payment',
  ...payment(paidOn, amount),
})
const phone = (text: string): Proof => ({ kind: 'phone', phone: text })
const code = (text: string): Proof => ({ kind: 'bill-code', code: text })
const printed = () => billCode(town, accountId, OCTOBER)
const linked = async (who = person) =>
  (await readLinkedAccounts(town, [who.consumerId])).map((account) => account.accountId)

const NEVER_MADE = '2222-2222-22'
const LINKED = { ok: true }
const REFUSED = { ok: false, code: 'proof-not-accepted' }
const TOO_MANY = { ok: false, code: 'too-many-tries' }

describe('an account is linked', () => {
  it.each([
    ['the serial number of a meter', async () => meter('032264')],
    ['the sum and day of a payment', async () => paid('2026-10-15', 20_020)],
    ['the phone the provider has on file', async () => phone('380003030504')],
    ['the code printed on the bill', async () => code(await printed())],
  ])('by %s', async (_, proof) => {
    expect(await link(await proof())).toEqual({
      ok: true,
      value: { accountIds: [accountId], newAccountIds: [accountId] },
    })
    expect(await linked()).toEqual([accountId])
  })

  it('once: the same fact again adds nothing', async () => {
    await link(meter('032264'))
    expect(await link(meter('032264'))).toEqual({
      ok: true,
      value: { accountIds: [accountId], newAccountIds: [] },
    })
    expect(await linked()).toEqual([accountId])
  })

  it('again after the person ended the link', async () => {
    await link(meter('032264'))
    const [account] = await readLinkedAccounts(town, [person.consumerId])
    const linkId = account?.linkId ?? 0
    const { consumerId } = person
    const stranger = await addPerson(town)
    const end = (who: number) => endLink(town, { consumerId: who, linkId, reason: 'person' })
    expect(await end(stranger.consumerId)).toBe(false)
    expect(await end(consumerId)).toBe(true)
    expect(await end(consumerId)).toBe(false)
    expect(await linked()).toEqual([])
    expect(await link(meter('032264'))).toMatchObject({ value: { newAccountIds: [accountId] } })
  })

  it('only where the fact is true when several providers have the number', async () => {
    const elsewhere = await addProvider(town)
    const same = await addAccount(town, { providerId: elsewhere, number })
    await addMeter(town, {
      agreementId: await addAgreement(town, { providerId: elsewhere, accountId: same }),
      serial: '999',
    })
    expect(await link(meter('032264'))).toMatchObject({ value: { accountIds: [accountId] } })
    expect(await link(meter('999'))).toMatchObject({ value: { accountIds: [same] } })
  })

  it.each([
    ['0012М4', '0012m4'],
    [' 0012-Х5', '0012–x5 '],
  ])('by number %j typed as %j', async (written, typed) => {
    const other = await addAccount(town, { providerId, number: written })
    const itsAgreement = await addAgreement(town, { providerId, accountId: other })
    await addMeter(town, { agreementId: itsAgreement, serial: 'АВ-77' })
    expect(await link(meter('ab–77'), { number: typed })).toMatchObject({
      value: { accountIds: [other] },
    })
  })
})

describe('a phone on file', () => {
  it.each([
    ['+38 (000) 303-05-04', '+380003030504'],
    ['+38 (000) 303-05-04', '380003030504'],
    ['0 (00) 0555-1002', '+380005551002'],
    ['000-555-10-47', '380005551047'],
    ['+380005551007', '0005551007'],
    ['38 000 555 10 06', '+38 000 555-10-06'],
  ])('written %s is the number %s', async (written, confirmed) => {
    await town.sql.run`update account set phone = ${written} where id = ${accountId}`
    expect(await link(phone(confirmed))).toMatchObject(LINKED)
  })

  it.each([
    ['+38 (000) 303-05-04', '+380003030505'],
    ['+38 (000) 303-05-04', '3030504'],
    ['303-05-04', '+380003030504'],
    ['', ''],
    ['', '+380003030504'],
    [null, ''],
  ])('written %j is not the number %j', async (written, confirmed) => {
    await town.sql.run`update account set phone = ${written} where id = ${accountId}`
    expect(await link(phone(confirmed))).toMatchObject(REFUSED)
  })
})

describe('a payment', () => {
  it('of several on one day is proved by each sum and by their total', async () => {
    await addPayment(town, { agreementId, ...payment('2026-10-15', 100) })
    for (const amount of [20_020, 100, 20_120])
      expect(await link(paid('2026-10-15', amount))).toMatchObject(LINKED)
  })

  it.each([
    ['another sum', paid('2026-10-15', 20_021)],
    ['another day', paid('2026-10-16', 20_020)],
    ['a day without payments and nothing paid', paid('2026-10-14', 0)],
    ['a negative sum', paid('2026-10-15', -20_020)],
  ])('is not proved by %s', async (_, proof) => {
    expect(await link(proof)).toMatchObject(REFUSED)
  })

  it('proves nothing after it was taken back', async () => {
    const taken = { agreementId, ...payment('2026-10-20', 5000), reversed: true }
    await addPayment(town, taken)
    expect(await link(paid('2026-10-20', 5000))).toMatchObject(REFUSED)
  })

  it('proves an account for six whole months before the current one, not longer', async () => {
    await addPayment(town, { agreementId, ...payment('2026-05-01', 777) })
    await addPayment(town, { agreementId, ...payment('2026-04-30', 777) })
    expect(await link(paid('2026-04-30', 777))).toMatchObject(REFUSED)
    expect(await link(paid('2026-05-01', 777))).toMatchObject(LINKED)
  })
})

describe('a meter', () => {
  it('that was removed proves nothing', async () => {
    await addMeter(town, { agreementId, serial: 'OLD-1', removedOn: '2026-01-01' })
    expect(await link(meter('OLD-1'))).toMatchObject(REFUSED)
  })

  it('without a number proves nothing', async () => {
    await addMeter(town, { agreementId, serial: '' })
    expect(await link(meter(' '))).toMatchObject(REFUSED)
  })

  it('of another account of the same number proves nothing of this one', async () => {
    const other = await addAgreement(town, { providerId })
    await addMeter(town, { agreementId: other, serial: '555000' })
    expect(await link(meter('555000'))).toMatchObject(REFUSED)
  })
})

describe('a code of a bill', () => {
  it('works once', async () => {
    const proof = code(await printed())
    expect(await link(proof)).toMatchObject(LINKED)
    const second = await addPerson(town)
    expect(await link(proof, { person: second })).toMatchObject(REFUSED)
    expect(await linked(second)).toEqual([])
  })

  it('given by two people at once links one of them', async () => {
    const proof = code(await printed())
    const people = [person, await addPerson(town)]
    const answers = await Promise.all(people.map((each) => link(proof, { person: each })))
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1)
  })

  it('is read however it is typed', async () => {
    const right = await printed()
    const cyrillic = right.toLowerCase().replace(/[abcehkmptx]/g, (letter) => TWINS[letter] ?? '')
    for (const typed of [right.replaceAll('-', ''), ` ${right.replaceAll('-', ' – ')}`, cyrillic]) {
      const other = await addPerson(town)
      await town.sql.run`delete from used_bill_code`
      expect(await link(code(typed), { person: other })).toMatchObject(LINKED)
    }
  })

  it('of another account proves nothing', async () => {
    const other = await addAccount(town, { providerId })
    expect(await link(code(await billCode(town, other, OCTOBER)))).toMatchObject(REFUSED)
  })

  it('is the same each time a bill is drawn and another for each account and month', async () => {
    const november = period(202611)
    const other = await addAccount(town, { providerId })
    expect(await printed()).toBe(await printed())
    expect(await printed()).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}$/)
    const codes = [
      await printed(),
      await billCode(town, accountId, november),
      await billCode(town, other, OCTOBER),
    ]
    expect(new Set(codes).size).toBe(3)
  })

  it.each([
    ['in the last hour of the third month after it', '2027-01-31T21:59:00Z', LINKED],
    ['not in the fourth', '2027-01-31T22:00:00Z', REFUSED],
    ['not before its month', '2026-09-30T20:00:00Z', REFUSED],
  ])('is taken %s', async (_, moment, answer) => {
    const proof = code(await printed())
    town.clock.set(moment)
    expect(await link(proof)).toMatchObject(answer)
  })
})

describe('guessing', () => {
  it('gives one answer for a wrong number and for a wrong fact', async () => {
    const wrongs = [meter('1'), paid('2026-10-15', 1), phone('+380009999999'), code(NEVER_MADE)]
    for (const proof of wrongs) {
      const who = await addPerson(town)
      const fact = await link(proof, { person: who })
      const unknown = await link(proof, { person: who, number: `${number}9` })
      expect(fact).toEqual({ ...REFUSED, warn: [accountId] })
      expect(unknown).toEqual({ ...REFUSED, warn: [] })
    }
  })

  it('is stopped after five tries of a person, even with the right fact', async () => {
    for (let tried = 0; tried < 5; tried++)
      expect(await link(meter('1'), { number: `none-${accounts}-${tried}` })).toMatchObject(REFUSED)
    expect(await link(meter('032264'))).toEqual(TOO_MANY)
    expect(await link(code(await printed()))).toEqual(TOO_MANY)
    town.clock.advance({ days: 1, seconds: 1 })
    expect(await link(meter('032264'))).toMatchObject(LINKED)
  })

  it('is stopped after five tries of a number, whoever makes them and whether it exists', async () => {
    for (const tried of [number, `none-${accounts}`]) {
      const answers = []
      for (let count = 0; count < 7; count++) {
        const stranger = await addPerson(town)
        const answer = await link(meter('1'), { person: stranger, number: tried })
        answers.push(answer.ok ? 'linked' : answer.code)
      }
      expect(answers).toEqual([
        ...Array<string>(5).fill('proof-not-accepted'),
        ...Array<string>(2).fill('too-many-tries'),
      ])
    }
  })

  it('of a number by others does not stop a code of the bill', async () => {
    for (let count = 0; count < 6; count++)
      await link(meter('1'), { person: await addPerson(town) })
    expect(await link(meter('032264'))).toEqual(TOO_MANY)
    expect(await link(code(await printed()))).toMatchObject(LINKED)
  })

  it('of codes by others does not stop another fact', async () => {
    for (let count = 0; count < 6; count++)
      await link(code(NEVER_MADE), { person: await addPerson(town) })
    expect(await link(meter('032264'))).toMatchObject(LINKED)
  })

  it('many numbers at the same moment stays within the five tries of a person', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        link(meter('1'), { number: `many-${accounts}-${index}` }),
      ),
    )
    const looked = answers.filter((answer) => !answer.ok && answer.code === 'proof-not-accepted')
    expect(looked).toHaveLength(5)
  })

  it('a thousand times from many people learns nothing, and the holder is not disturbed', async () => {
    await link(meter('032264'))
    const guesses: Proof[] = [meter('1'), code(NEVER_MADE), paid('2026-10-15', 1), phone('1')]
    const answers = { there: new Set<string>(), nowhere: new Set<string>() }
    for (let index = 0; index < 250; index++) {
      const stranger = { ...person, identityId: -index - 1, consumerId: -1 }
      const proof = guesses[index % guesses.length] ?? meter('1')
      for (const [name, tried] of [
        ['there', number],
        ['nowhere', `nowhere-${accounts}`],
      ] as const)
        for (let again = 0; again < 2; again++) {
          const answer = await link(proof, { person: stranger, number: tried })
          answers[name].add(`${index}.${again} ${answer.ok ? 'linked' : answer.code}`)
        }
    }
    expect(answers.there).toEqual(answers.nowhere)
    expect([...answers.there].some((answer) => answer.endsWith('linked'))).toBe(false)
    expect(await linked()).toEqual([accountId])
    const family = await addPerson(town)
    expect(await link(code(await printed()), { person: family })).toMatchObject(LINKED)
  })
})

const TWINS: Record<string, string> = {
  a: 'а',
  b: 'В',
  c: 'с',
  e: 'е',
  h: 'Н',
  k: 'к',
  m: 'м',
  p: 'р',
  t: 'Т',
  x: 'х',
}
