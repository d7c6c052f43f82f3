import { expect, it } from '@jest/globals'
import { Penalties } from '../../../../core/billing/run/penalties.ts'
import { DEBT_MOVED } from '../../../../core/ledger/entry-kind.ts'
import { kopecks } from '../../../../core/money.ts'
import { period, plainDate } from '../../../../core/period.ts'
import { Rulebook, type RuleVersion } from '../../../../core/tariffs/rulebook.ts'
import { evaluate } from '../../../support/evaluate.ts'

const rule = (id: number, kind: RuleVersion['kind'], value: object): RuleVersion => ({
  ...{ id, kind, key: '', value, fromDay: plainDate('2019-05-01'), toDay: null },
  ...{ providerId: null, serviceId: null, houseId: null, accountId: null },
})
const TERM = { day: 20, monthsAfter: 1, shiftsToWorkingDay: true, startsOn: 'next-working-day' }

it('a debt older than the first known term was due by it too', () => {
  const rules = new Rulebook(
    [],
    [rule(1, 'payment-term', TERM), rule(2, 'penalty', { perDay: '0.0001', capPercent: null })],
  )
  const month = period(202609)
  const penalties = new Penalties({
    ...{ rules, exceptions: new Map(), period: month, chargedFrom: month },
  })
  const moved = {
    ...{ id: 1n, agreementId: 7, kind: DEBT_MOVED, amount: kopecks(1000_00) },
    ...{ effectiveOn: plainDate('2026-08-31'), period: period(202608), about: period(190001) },
    ...{ reversesId: null, isOfRun: false, named: null },
  }
  const debt = {
    ...{ agreementId: 7, opening: kopecks(0), openedAfter: null, entries: [moved], again: null },
  }
  const scope = { providerId: 1, serviceId: 1, houseId: 1, accountId: 1 }
  const [line, ...others] = penalties.linesOf(debt, scope)
  expect(others).toEqual([])
  // 1000.00 × 30 days × 0.0001
  expect(line?.amount).toBe(300n)
  expect(evaluate(line?.term.text ?? '')).toBe(300n)
})
