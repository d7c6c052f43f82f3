/** How the volume of a line was found; stored in `run_line.method`, never reused. */
export const METHODS = {
  none: 0,
  meter: 1,
  average: 2,
  norm: 3,
  house: 4,
  area: 5,
  persons: 6,
  fixed: 7,
  extra: 8,
} as const
export type Method = keyof typeof METHODS

/** The method behind a stored code. */
export function methodOf(code: number): Method {
  const found = Object.entries(METHODS).find(([, known]) => known === code)
  return (found?.[0] ?? 'none') as Method
}
