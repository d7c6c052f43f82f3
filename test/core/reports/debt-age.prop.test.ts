import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type EntryKind } from '../../../core/ledger/entry-kind.ts'
import { addMonths, monthsBetween, period, type Period } from '../../../core/period.ts'
import { readDebtAge } from '../../../core/reports/debt-age.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider } from '../../support/world.ts'
import { book, entry } from '../ledger/books.ts'
import { scopeOf, taken } from './scope.ts'

const town = await testTown()
const OCTOBER = period(202610)
const AGES = ['below1', 'from1to3', 'from3to6', 'from6to12', 'from12to36', 'from36'] as const
const BEGIN = [0, 1, 3, 6, 12, 36]

type Fact = { month: Period; kind: EntryKind; amount: number }

const fact = fc.record({
  month: fc.integer({ min: -40, max: 0 }).map((months) => addMonths(OCTOBER, months)),
  kind: fc.constantFrom<EntryKind>('accrual', 'subscription', 'penalty', 'benefit', 'payment'),
  amount: fc.integer({ min: 1, max: 1000 }),
})

/** The ages of one agreement, month by month back from the newest. */
function expected(facts: readonly Fact[]) {
  const raised = new Map<string, bigint>()
  let balance = 0n
  for (const { amount, kind, month } of facts) {
    const signed = BigInt(kind === 'benefit' || kind === 'payment' ? -amount : amount)
    balance += signed
    if (kind === 'payment') continue
    const age = monthsBetween(month, OCTOBER)
    const key = `${String(age).padStart(3, '0')}/${kind === 'penalty' ? 'a' : 'b'}`
    raised.set(key, (raised.get(key) ?? 0n) + signed)
  }
  const ages = new Map<string, bigint>([...AGES, 'penalty'].map((name) => [name, 0n]))
  let left = balance
  for (const [key, amount] of [...raised].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (amount <= 0n || left <= 0n) continue
    const part = amount < left ? amount : left
    left -= part
    const age = BEGIN.findLastIndex((begin) => begin <= Number(key.slice(0, 3)))
    const name = key.endsWith('a') ? 'penalty' : (AGES[age] ?? '')
    ages.set(name, (ages.get(name) ?? 0n) + part)
  }
  const debt = balance > 0n ? balance : 0n
  return { ...Object.fromEntries(ages), debt, credit: balance < 0n ? -balance : 0n }
}

let sources = 0

it('agreements of any history are unpaid from the newest month back, to the kopeck', async () => {
  const histories = fc.array(fc.array(fact, { minLength: 1, maxLength: 25 }), {
    minLength: 1,
    maxLength: 8,
  })
  await fc.assert(
    fc.asyncProperty(histories, async (agreements) => {
      const providerId = await addProvider(town, { code: String(60_000_000 + ++sources) })
      const wanted: object[] = []
      for (const facts of agreements) {
        const side = { providerId, agreementId: await addAgreement(town, { providerId }) }
        await book(
          town,
          providerId,
          facts.map(({ month, ...rest }) => entry(side, ++sources, { ...rest, period: month })),
        )
        const row = expected(facts)
        if (row.debt > 0n || row.credit > 0n) wanted.push(row)
      }
      town.clock.advance({ minutes: 1 })
      const scope = { ...(await scopeOf(town, { to: OCTOBER })), providerIds: [providerId] }
      // a service of its own for each agreement: a row for each
      const { rows } = await taken(readDebtAge(town, scope))
      const byCode = rows.toSorted((a, b) => Number(a.code) - Number(b.code))
      expect(byCode).toMatchObject(wanted)
      expect(byCode).toHaveLength(wanted.length)
    }),
    { numRuns: 25 },
  )
})
