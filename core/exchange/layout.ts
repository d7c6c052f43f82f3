import { accept, refuse } from '../result.ts'

/** A column an importer looks for. */
export type ColumnSpec = {
  /** Accepted headings, any case; a pattern where a heading carries a date. */
  headings: readonly (string | RegExp)[]
  optional?: true
  /** Names, phones, e-mails: never repeated in a report. */
  personal?: true
}

/** Which columns of a program's file mean what: role → column. Plain data, so a provider may have its own. */
export type Layout = { name: string; columns: Readonly<Record<string, ColumnSpec>> }

/** A column of the file that has a role. `index` counts from 0. */
export type Place = { index: number; heading: string; personal: boolean }
export type Match = { layout: string; places: ReadonlyMap<string, Place> }

/**
 * The first layout whose required columns the file has. When there is none, the refusal speaks of the
 * layout that lacks the fewest.
 *
 * Refuses: `column-missing` with the headings `missing` and the headings `found`.
 */
export function matchLayout(layouts: readonly Layout[], headings: readonly string[]) {
  let closest: string[] | null = null
  for (const layout of layouts) {
    const places = placesOf(layout, headings)
    const missing = Object.entries(layout.columns)
      .filter(([role, column]) => !column.optional && !places.has(role))
      .map(([, column]) => shownHeading(column))
    if (missing.length === 0) return accept<Match>({ layout: layout.name, places })
    if (closest === null || missing.length < closest.length) closest = missing
  }
  return refuse('column-missing', { missing: closest ?? [], found: [...headings] })
}

function placesOf(layout: Layout, headings: readonly string[]): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const [role, column] of Object.entries(layout.columns)) {
    const index = headings.findIndex((heading) => column.headings.some((h) => fits(heading, h)))
    const heading = headings[index]
    if (heading !== undefined)
      places.set(role, { index, heading, personal: column.personal ?? false })
  }
  return places
}

function fits(heading: string, accepted: string | RegExp): boolean {
  if (typeof accepted !== 'string') return accepted.test(heading)
  return heading.toLowerCase() === accepted.toLowerCase()
}

function shownHeading({ headings }: ColumnSpec): string {
  const [first = ''] = headings
  return typeof first === 'string' ? first : first.source
}
