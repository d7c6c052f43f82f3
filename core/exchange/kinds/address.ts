/** An address written in one line: `вул. Боромира, 4, кв. 29`, or a house of its own: `узвіз Саруманів, 1`. */
export type Address = { streetType: string; street: string; house: string; flat: string }

/** Kinds of streets that are written out; the others end with a dot. */
const STREET =
  /^(\S+\.|узвіз|площа|майдан|шосе|тупик|бульвар|проспект|провулок|набережна|вулиця|дорога|алея)\s*(.+)$/i

/** The parts of a one-line address: street with its kind, house, flat; null for anything else. */
export function parseAddress(text: string): Address | null {
  const [street = '', house = '', flat = '', ...rest] = text.split(',').map((part) => part.trim())
  const [, streetType = '', name] = STREET.exec(street) ?? []
  const number = house.replace(/^буд\.\s*/, '')
  if (name === undefined || number === '' || rest.length > 0) return null
  return { streetType, street: name, house: number, flat: flat.replace(/^кв\.\s*/, '') }
}
