/** The system's clock: the only place in core that asks it. Tests bring their own. */
export function now(): Date {
  // oxlint-disable-next-line no-restricted-globals -- everything else takes the time from its context
  return new Date()
}
