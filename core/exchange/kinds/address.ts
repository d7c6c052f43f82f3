/** An address written in one line: `вул. Боромира, 4, кв. 29`, or a house of its own: `вул. Теодена, 3`. */
export type Address = { streetType: string; street: string; house: string; flat: string }

/** The parts of a one-line address: street with its kind, house, flat; null for anything else. */
export function parseAddress(text: string): Address | null {
  const [street = '', house = '', flat = '', ...rest] = text.split(',').map((part) => part.trim())
  const match = /^(\S+\.)\s*(.+)$/.exec(street)
  const number = /^(?:буд\.\s*)?(\S+)$/.exec(house)?.[1]
  if (!match || number === undefined || rest.length > 0) return null
  const [, streetType = '', name = ''] = match
  return { streetType, street: name, house: number, flat: flat.replace(/^кв\.\s*/, '') }
}
