/**
 * JSON text in which a bigint is a number with all its digits: Viber's `message_token` has 64 bits,
 * more than a double holds, and JSON.stringify throws on a bigint.
 */
export function exactJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${JSON.stringify(name)}:${exactJson(member)}`)
  return `{${members.join(',')}}`
}
