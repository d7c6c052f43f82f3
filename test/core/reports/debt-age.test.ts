import { describe, expect, it } from '@jest/globals'
import { type EntryKind } from '../../../core/ledger/entry-kind.ts'
import { period } from '../../../core/period.ts'
import { type DebtAgeRow, readDebtAge } from '../../../core/reports/debt-age.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider } from '../../support/world.ts'
import { book, entry } from '../ledger/books.ts'
import { scopeOf, taken } from './scope.ts'

const town = await testTown()
const OCTOBER = period(202610)

type Fact = [month: number, kind: EntryKind, amount: number, aboutPeriod?: number]
type Counts = 'debtors' | 'overpaid'
type Amounts = Exclude<keyof DebtAgeRow, Counts | 'provider' | 'code' | 'name'>
type Ages = Partial<Record<Counts, number> & Record<Amounts, bigint>>

const NOTHING = {
  ...{ debtors: 0, overpaid: 0, below1: 0n, from1to3: 0n, from3to6: 0n, from6to12: 0n },
  ...{ from12to36: 0n, from36: 0n, penalty: 0n, debt: 0n, credit: 0n },
}
const one = { debtors: 1 }

const ROWS: [string, Fact[], Ages][] = [
  ['the month itself is below one', [[202610, 'accrual', 100]], { ...one, below1: 100n }],
  [
    'payments cover the oldest first',
    [
      [202607, 'accrual', 100],
      [202608, 'accrual', 100],
      [202610, 'accrual', 100],
      [202610, 'payment', 150],
    ],
    { ...one, below1: 100n, from1to3: 50n },
  ],
  [
    'each age begins where the one before ends',
    [
      [202310, 'accrual', 32],
      [202311, 'accrual', 16],
      [202510, 'accrual', 16],
      [202511, 'accrual', 8],
      [202604, 'accrual', 8],
      [202605, 'accrual', 4],
      [202607, 'accrual', 4],
      [202608, 'accrual', 2],
      [202609, 'accrual', 2],
      [202610, 'accrual', 1],
    ],
    {
      ...{ ...one, below1: 1n, from1to3: 4n, from3to6: 8n, from6to12: 16n },
      ...{ from12to36: 32n, from36: 32n },
    },
  ],
  [
    'a correction is as old as the month it is about',
    [
      [202608, 'accrual', 100],
      [202610, 'accrual', 100],
      [202610, 'correction', -30, 202608],
      [202610, 'recalculation', 5, 202510],
    ],
    { ...one, below1: 100n, from1to3: 70n, from12to36: 5n },
  ],
  [
    'benefit and subsidy lessen the month they are of',
    [
      [202609, 'accrual', 100],
      [202609, 'benefit', 20],
      [202610, 'accrual', 100],
      [202610, 'subsidy', 60],
    ],
    { ...one, below1: 40n, from1to3: 80n },
  ],
  [
    'within a month the principal is paid before the penalty',
    [
      [202609, 'accrual', 100],
      [202609, 'penalty', 10],
      [202610, 'payment', 95],
    ],
    { ...one, from1to3: 5n, penalty: 10n },
  ],
  [
    'an opening is a month older than its month at least',
    [
      [202610, 'opening', 70],
      [202610, 'accrual', 10],
    ],
    { ...one, below1: 10n, from1to3: 70n },
  ],
  [
    'a bounced payment makes the old months unpaid again',
    [
      [202601, 'accrual', 100],
      [202602, 'payment', 100],
      [202610, 'payment', -100],
    ],
    { ...one, from6to12: 100n },
  ],
  [
    'money given back too much is owed since then',
    [
      [202608, 'payment', 100],
      [202609, 'refund', 130],
    ],
    { ...one, from1to3: 30n },
  ],
  [
    'what no charge explains is as old as the agreement',
    [
      [202601, 'payment', 50],
      [202609, 'payment', -90],
    ],
    { ...one, from6to12: 40n },
  ],
  ['a credit has no age', [[202609, 'payment', 40]], { overpaid: 1, credit: 40n }],
  [
    'what is booked for later months is not there yet',
    [
      [202610, 'accrual', 10],
      [202611, 'accrual', 20],
    ],
    { ...one, below1: 10n },
  ],
]

let sources = 0

async function bookAll(providerId: number, facts: readonly Fact[]): Promise<void> {
  const agreementId = await addAgreement(town, { providerId })
  const entries = facts.map(([month, kind, amount, about]) => ({
    ...entry({ agreementId, providerId }, ++sources, { kind, amount, period: period(month) }),
    ...(about === undefined ? {} : { aboutPeriod: period(about) }),
  }))
  await book(town, providerId, entries)
}

async function ages(providerCode: string) {
  town.clock.advance({ minutes: 1 })
  const scope = await scopeOf(town, { to: OCTOBER, providerCode, grain: 'provider' })
  return taken(readDebtAge(town, scope))
}

describe('the age of a debt', () => {
  it.each(ROWS)('%s', async (_name, facts, expected) => {
    const code = String(70_000_000 + sources)
    await bookAll(await addProvider(town, { code }), facts)
    const { totals } = await ages(code)
    const { credit = 0n, debtors = 0, overpaid = 0, ...parts } = expected
    const debt = Object.values(parts).reduce((a, b) => a + b, 0n)
    expect(totals).toEqual([{ ...NOTHING, ...parts, credit, debtors, overpaid, debt }])
  })

  it('of several agreements adds up, a credit does not lessen the debt of another', async () => {
    const code = '79999999'
    const providerId = await addProvider(town, { code })
    await bookAll(providerId, [[202610, 'accrual', 100]])
    await bookAll(providerId, [[202605, 'accrual', 100]])
    await bookAll(providerId, [[202605, 'payment', 30]])
    const { rows, totals } = await ages(code)
    const expected = {
      ...{ ...NOTHING, debtors: 2, overpaid: 1, below1: 100n, from3to6: 100n },
      ...{ debt: 200n, credit: 30n },
    }
    expect(rows).toEqual([{ provider: code, code: '', name: 'Provider', ...expected }])
    expect(totals).toEqual([expected])
  })
})
