/** Money in the smallest unit (kopecks of the town's currency); the sign is the caller's to state. */
export type Kopecks = bigint & { readonly __unit: 'kopecks' }

/** Marks an integer as kopecks. */
export function kopecks(amount: bigint | number): Kopecks {
  return BigInt(amount) as Kopecks
}

/** Adds up amounts; an empty list is 0. */
export function sum(amounts: Iterable<Kopecks>): Kopecks {
  let total = 0n
  for (const amount of amounts) total += amount
  return kopecks(total)
}

/**
 * numerator / denominator to the nearest integer, half away from zero (3 / 2 → 2, −3 / 2 → −2).
 * Every money line is an exact product rounded once by this function.
 * Source: the practice of Ukrainian utility billing: a line is the exact product, rounded once to 0.01.
 */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError('the denominator must be above zero')
  const sign = numerator < 0n ? -1n : 1n
  return (sign * (2n * sign * numerator + denominator)) / (2n * denominator)
}

/**
 * Splits `total` by weights so that the parts always sum to it (20.00 by 1, 2, 4 → 2.86, 5.71, 11.43):
 * part i = round(total × Wᵢ / W) − round(total × Wᵢ₋₁ / W) over cumulative weights in the given order.
 */
export function allocate(total: Kopecks, weights: readonly bigint[]): Kopecks[] {
  const whole = weights.reduce((a, b) => a + b, 0n)
  if (whole <= 0n || weights.some((w) => w < 0n))
    throw new RangeError('weights must not be negative and must not all be zero')
  let reached = 0n
  let given = 0n
  return weights.map((weight) => {
    reached += weight
    const upTo = divideRounded(total * reached, whole)
    const part = upTo - given
    given = upTo
    return kopecks(part)
  })
}
