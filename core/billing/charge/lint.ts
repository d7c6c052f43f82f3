/** Why an account, or one of its agreements, cannot be charged. */
export type LintCode =
  | 'agreement-without-tariff'
  | 'tariff-gap'
  | 'tariff-overlap'
  | 'norm-missing'
  | 'area-missing'
  | 'load-missing'
  | 'household-missing'
  | 'charging-rule-missing'
  | 'volume-missing'
  | 'volume-negative'
  | 'volume-source-missing'
  | 'price-negative'
  | 'benefit-rule-missing'
  | 'payment-term-missing'
  | 'rule-unreadable'

/** Raised where charging meets an impossible input; the account is left out of the run. */
export class CannotCharge extends Error {
  override name = 'CannotCharge'
  readonly code: LintCode
  readonly agreementId: number | null
  readonly details: Readonly<Record<string, string | number>>

  constructor(
    code: LintCode,
    agreementId: number | null,
    details: Readonly<Record<string, string | number>> = {},
  ) {
    super(code)
    this.code = code
    this.agreementId = agreementId
    this.details = details
  }
}
