import { describe, expect, it } from '@jest/globals'
import { period } from '../../../core/period.ts'
import { type EntryKind } from '../../../core/ledger/entry-kind.ts'
import { claimLines, readClaimLines } from '../../../core/reports/claim-lines.ts'
import { readClaims } from '../../../core/reports/claims.ts'
import { testTown } from '../../support/town.ts'
import { addAccount, addAgreement, addProvider, addService } from '../../support/world.ts'
import { book, entry, OCTOBER } from '../ledger/books.ts'
import { addRun } from './runs.ts'
import { scopeOf, taken } from './scope.ts'

const town = await testTown()
const start = town.now()
let code = 55_000_000
let sources = 0

async function side() {
  code += 1
  const providerCode = String(code)
  const providerId = await addProvider(town, { code: providerCode })
  const serviceId = await addService(town, { providerId, code: '11', name: 'Cold' })
  const home = async (number: string) => {
    const accountId = await addAccount(town, { providerId, number })
    const agreementId = await addAgreement(town, { providerId, accountId, serviceId })
    return { accountId, agreementId }
  }
  const give = (agreementId: number, kind: EntryKind, amount: number) =>
    book(town, providerId, [entry({ agreementId, providerId }, ++sources, { kind, amount })])
  const scope = async (asOf?: Date) => {
    town.clock.advance({ minutes: 1 })
    return scopeOf(town, { providerCode, to: OCTOBER, ...(asOf ? { asOf } : {}) })
  }
  const lines = async (asOf?: Date) =>
    (await taken(readClaimLines(town, await scope(asOf)))).rows.map((line) => [
      line.account,
      line.kind,
      line.category,
      line.amount,
      line.granted,
    ])
  return { providerId, home, give, scope, lines }
}

async function addBatch(kind: string): Promise<number> {
  const { id } = await town.sql.one<{ id: number }>`
    insert into import_batch (kind, file_name, content_hash, format, report, state, author, applied_at)
    values (${kind}, '', ${Buffer.from(`${++sources}`)}, '{}', '{}', 'applied', 'test', ${town.now()})
    returning id`
  return id
}

async function addClaim(agreementId: number, category: string, amount: number): Promise<void> {
  await town.sql.run`
    insert into benefit_claim (agreement_id, period, category, percent, persons, volume_e8, price_e8,
      amount, batch_id)
    values (${agreementId}, ${OCTOBER}, ${category}, 50, 1, 0, 0, ${amount},
      ${await addBatch('benefits')})`
}

async function addAward(agreementId: number, number: string, from: string, to: string) {
  await town.sql.run`
    insert into subsidy_award (agreement_id, case_number, from_day, to_day, subsidy, obligatory, batch_id)
    values (${agreementId}, ${number}, ${from}, ${to}, 400, 0, ${await addBatch('subsidies')})`
}

async function addBeneficiary(accountId: number, category: string, toDay: string | null) {
  await town.sql.run`
    insert into beneficiary (account_id, category, persons, from_day, to_day, document, recorded_at)
    values (${accountId}, ${category}, 1, '2026-01-01', ${toDay}, '', ${town.now()})`
}

async function addCase(accountId: number, number: string): Promise<void> {
  await town.sql.run`
    insert into subsidy_case (account_id, number, principle, state, applied_on, decide_by,
      household_size, is_village, incomes, income, from_day, to_day, recorded_at, decided_at)
    values (${accountId}, ${number}, 'application', 'granted', '2026-09-01', '2026-09-15', 2, false,
      '{}', 0, '2026-10-01', '2027-04-01', ${town.now()}, ${town.now()})`
}

describe('a claim', () => {
  it('names the categories the social office claimed and what it granted', async () => {
    const { give, home, lines } = await side()
    const { accountId, agreementId } = await home('101')
    await give(agreementId, 'benefit', 300)
    await addClaim(agreementId, '013', 100)
    await addClaim(agreementId, '012', 200)
    await addBeneficiary(accountId, 'veteran', null)
    expect(await lines()).toEqual([['101', 'benefit', '012,013', 300n, 300n]])
  })

  it('without a form names the category it was charged by here', async () => {
    const { home, lines, providerId } = await side()
    const { accountId, agreementId } = await home('101')
    await addBeneficiary(accountId, 'veteran', null)
    await addRun(town, {
      ...{ providerId, period: OCTOBER },
      lines: [
        { agreementId, kind: 'benefit', amount: 300, reason: 'large-family' },
        { agreementId, kind: 'benefit', amount: 999, reason: 'direct', posted: false },
        { agreementId, kind: 'benefit', amount: -20, reason: 'tariff', about: period(202609) },
      ],
    })
    expect(await lines()).toEqual([['101', 'benefit', 'large-family', 280n, null]])
  })

  it('else names the categories of the household in the month, as known then', async () => {
    const { give, home, lines } = await side()
    const { accountId, agreementId } = await home('101')
    await give(agreementId, 'benefit', 300)
    const before = town.now()
    town.clock.advance({ hours: 1 })
    await addBeneficiary(accountId, 'veteran', null)
    await addBeneficiary(accountId, 'ended', '2026-10-01')
    expect(await lines()).toEqual([['101', 'benefit', 'veteran', 300n, null]])
    expect(await lines(new Date(before.getTime() + 1000))).toEqual([
      ['101', 'benefit', '', 300n, null],
    ])
  })

  it('of a subsidy names the award of the month, else the case', async () => {
    const { give, home, lines } = await side()
    const [awarded, decided] = [await home('101'), await home('102')]
    await give(awarded.agreementId, 'subsidy', 400)
    await give(decided.agreementId, 'subsidy', 70)
    await addAward(awarded.agreementId, 'S-1', '2026-05-01', '2026-11-01')
    await addAward(awarded.agreementId, 'S-0', '2026-04-01', '2026-10-01')
    await addCase(awarded.accountId, `C-${code}-1`)
    await addCase(decided.accountId, `C-${code}-2`)
    expect(await lines()).toEqual([
      ['101', 'subsidy', 'S-1', 400n, 400n],
      ['102', 'subsidy', `C-${code}-2`, 70n, null],
    ])
  })

  it('is what is left of the month, and nothing when all was taken back', async () => {
    const { give, home, lines } = await side()
    const [less, none] = [await home('101'), await home('102')]
    await give(less.agreementId, 'benefit', 300)
    await give(less.agreementId, 'benefit', -500)
    await give(none.agreementId, 'benefit', 300)
    await give(none.agreementId, 'benefit', -300)
    expect(await lines()).toEqual([['101', 'benefit', '', -200n, null]])
    expect(await lines(start)).toEqual([])
  })
})

describe('claims', () => {
  it('are gathered by service and category, subsidies together', async () => {
    const { give, home, scope } = await side()
    const homes = [await home('101'), await home('102'), await home('103')]
    for (const [index, { agreementId }] of homes.entries()) {
      await give(agreementId, 'benefit', 100)
      await give(agreementId, 'subsidy', 7)
      await addClaim(agreementId, index < 2 ? '012' : '013', 100)
      await addAward(agreementId, `S-${index}`, '2026-10-01', '2026-11-01')
    }
    const { rows, totals } = await taken(readClaims(town, await scope()))
    const known = { month: OCTOBER, provider: String(code), service: '11', serviceName: 'Cold' }
    expect(rows).toEqual([
      { ...known, kind: 'benefit', category: '012', amount: 200n, accounts: 2 },
      { ...known, kind: 'benefit', category: '013', amount: 100n, accounts: 1 },
      { ...known, kind: 'subsidy', category: '', amount: 21n, accounts: 3 },
    ])
    expect(totals).toEqual([
      { kind: 'benefit', amount: 300n },
      { kind: 'subsidy', amount: 21n },
    ])
  })

  it('are the same read one by one or together', async () => {
    const { give, home, scope } = await side()
    for (const number of ['9', '10', 'ПБ1', 'A-2', '007']) {
      const { agreementId } = await home(number)
      await give(agreementId, 'benefit', 100)
      await give(agreementId, 'subsidy', 50)
    }
    const asked = await scope()
    const read = async (linesAPiece: number) => {
      const lines = []
      for await (const line of claimLines(town, asked, linesAPiece)) lines.push(line)
      return lines
    }
    const whole = await read(100)
    expect(whole).toHaveLength(10)
    for (const size of [1, 2, 3, 5, 10]) expect(await read(size)).toEqual(whole)
  })
})
