// Controls except tab and line breaks; soft hyphen; zero-width and direction marks; byte order
// mark.
const CONTROL =
  // oxlint-disable-next-line no-control-regex -- removing them is the purpose
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/
const CONTROLS = new RegExp(CONTROL, 'g')

/**
 * True when the text holds characters that are not seen and change how the rest is read or shown.
 */
export function hasControls(text: string): boolean {
  return CONTROL.test(text)
}

/** The text without them; tab and line breaks stay. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, '')
}

/** Cleans cells in place and returns the columns (from 0) that had something to remove. */
export function cleanCells(cells: string[]): number[] {
  const cleaned: number[] = []
  for (const [column, text] of cells.entries()) {
    if (!hasControls(text)) continue
    cells[column] = withoutControls(text)
    cleaned.push(column)
  }
  return cleaned
}
