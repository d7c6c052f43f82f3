import { type Kopecks } from '../money.ts'
import { type Period } from '../period.ts'

/**
 * A month of an agreement, in kopecks:
 * closing = opening + accrued + subscription + penalty + correction − benefit − subsidy − paid.
 * Owed is positive in `opening` and `closing`.
 */
export type Statement = {
  period: Period
  opening: Kopecks
  accrued: Kopecks
  subscription: Kopecks
  penalty: Kopecks
  correction: Kopecks
  benefit: Kopecks
  subsidy: Kopecks
  paid: Kopecks
  closing: Kopecks
}
