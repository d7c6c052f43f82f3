import { refuse, type Refused } from '../../result.ts'

/** `columns` are the places of that name in the heading, from 1. */
export type DuplicateHeading = Refused<'duplicate-heading', { name: string; columns: number[] }>

/** Refuses a heading in which a name stands twice, in whatever case; unnamed columns may repeat. */
export function duplicateHeading(names: readonly string[]): DuplicateHeading | null {
  const places = new Map<string, number[]>()
  for (const [index, name] of names.entries()) {
    const key = name.toLowerCase()
    places.set(key, [...(places.get(key) ?? []), index + 1])
  }
  for (const [name, columns] of places) {
    if (name === '' || columns.length === 1) continue
    return refuse('duplicate-heading', { name: names[(columns[0] ?? 1) - 1] ?? name, columns })
  }
  return null
}
