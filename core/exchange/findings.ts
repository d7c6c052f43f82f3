import { type Match } from './layout.ts'

/** What is wrong with a row, or worth a look. `column` is the file's heading, null for the whole row. */
export type Finding = {
  line: number
  column: string | null
  code: string
  /** What stands there; null when it is personal or not one cell. */
  value: string | null
}

export type Findings = {
  /** The row cannot be imported, and with it the file. */
  refuse: (line: number, role: string | null, code: string, value?: string) => void
  warn: (line: number, role: string | null, code: string, value?: string) => void
  isRefused: (line: number) => boolean
  /** Refused rows, all of them counted. */
  refused: () => number
  errors: () => Finding[]
  warnings: () => Finding[]
}

/** A report longer than this helps nobody; refused rows are counted to the end. */
const LISTED_MAX = 1000
const VALUE_CHARACTERS = 60

/** An empty list of findings about a file with these columns. */
export function openFindings({ places }: Match): Findings {
  const errors: Finding[] = []
  const warnings: Finding[] = []
  const lines = new Set<number>()
  const add = (list: Finding[], line: number, role: string | null, code: string, text?: string) => {
    if (list.length >= LISTED_MAX) return
    const place = role === null ? undefined : places.get(role)
    const value = text === undefined || place?.personal ? null : shorten(text)
    list.push({ line, column: place?.heading ?? null, code, value })
  }
  return {
    refuse(line, role, code, value) {
      lines.add(line)
      add(errors, line, role, code, value)
    },
    warn: (line, role, code, value) => add(warnings, line, role, code, value),
    isRefused: (line) => lines.has(line),
    refused: () => lines.size,
    errors: () => byLine(errors),
    warnings: () => byLine(warnings),
  }
}

// By characters: half of one could not be stored.
function shorten(text: string): string {
  return text.length > VALUE_CHARACTERS
    ? Array.from(text).slice(0, VALUE_CHARACTERS).join('')
    : text
}

function byLine(found: readonly Finding[]): Finding[] {
  return [...found].sort((a, b) => a.line - b.line)
}
