/**
 * What a registered person is to benefits and subsidies. Which of them count, qualify or block is said
 * by dated rules, not here.
 */
export const OCCUPANT_STATUSES = [
  'able-bodied',
  'child',
  'student',
  'pensioner-working',
  'pensioner-not-working',
  'disabled-working',
  'disabled-not-working',
  'carer-of-child-under-3',
  'carer-of-disabled-child',
  /** Gets the allowance for care of a group-I disabled person or of one aged 80 and older. */
  'carer-with-allowance',
  'unemployed-registered',
  /** On the list of people not employed in the economy. */
  'not-employed',
] as const

export type OccupantStatus = (typeof OCCUPANT_STATUSES)[number]
