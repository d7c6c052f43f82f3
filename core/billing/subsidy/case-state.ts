/**
 * A case waits for documents or, applied, for a decision; it is granted or refused; a granted one is
 * ended when it was stopped or has run out.
 */
export const CASE_STATES = ['waiting-documents', 'applied', 'granted', 'refused', 'ended'] as const

export type CaseState = (typeof CASE_STATES)[number]

/** How a case begins: a household applies, or staff find that it is likely entitled. */
export const PRINCIPLES = ['application', 'discovery'] as const
export type Principle = (typeof PRINCIPLES)[number]

/** Whether people have still to decide. */
export function isOpen(state: CaseState): boolean {
  return state === 'applied' || state === 'waiting-documents'
}
