/**
 * Whether an organisation's code in the Ukrainian register has a check digit that fits:
 * 8 digits, leading zeros count (`00032129`).
 * Source: the register's published algorithm: weights 1…7, or 7, 1…6 for codes between 30 and
 * 60 million, modulo 11; a remainder of 10 is taken again with weights greater by 2, then 0.
 */
export function isEdrpou(code: string): boolean {
  if (!/^\d{8}$/.test(code)) return false
  const number = Number(code)
  const weights =
    number > 30_000_000 && number < 60_000_000 ? [7, 1, 2, 3, 4, 5, 6] : [1, 2, 3, 4, 5, 6, 7]
  const first = weigh(code, weights) % 11
  const remainder =
    first < 10
      ? first
      : weigh(
          code,
          weights.map((weight) => weight + 2),
        ) % 11
  return remainder % 10 === Number(code[7])
}

/**
 * Whether a person's Ukrainian tax number has a check digit that fits: 10 digits.
 * Personal data: never to be printed in chats or logs.
 */
export function isTaxNumber(code: string): boolean {
  if (!/^\d{10}$/.test(code)) return false
  const remainder = weigh(code, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11
  return ((remainder + 11) % 11) % 10 === Number(code[9])
}

function weigh(digits: string, weights: readonly number[]): number {
  return weights.reduce((total, weight, place) => total + weight * Number(digits[place]), 0)
}
