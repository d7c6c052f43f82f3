const QUOTE = '"'

/**
 * The cells of one record; `""` inside a quoted cell is one quote. `open`: a quoted cell goes on
 * past the end of the text. `broken`: a cell of several lines is followed by something else than a
 * delimiter.
 *
 * A quote inside a cell that does not begin with one is a character (`ОСББ "Мрія"`), and so are the
 * quotes of a cell that goes on after its closing quote (`"Мрія" ОСББ`): people do write so.
 */
export function splitRecord(text: string, delimiter: string): string[] | 'open' | 'broken' {
  const cells: string[] = []
  for (let at = 0; ;) {
    const quoted = text[at] === QUOTE
    const close = quoted ? closingQuote(text, at + 1) : at
    if (close === -1) return 'open'
    const next = text.indexOf(delimiter, close)
    const end = next === -1 ? text.length : next
    if (!quoted) cells.push(text.slice(at, end))
    else if (text.slice(close + 1, end).trim() === '')
      cells.push(text.slice(at + 1, close).replaceAll('""', QUOTE))
    else if (text.slice(at, close).includes('\n')) return 'broken'
    else cells.push(text.slice(at, end))
    if (next === -1) return cells
    at = next + delimiter.length
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf(QUOTE, from); at !== -1; at = text.indexOf(QUOTE, at + 2))
    if (text[at + 1] !== QUOTE) return at
  return -1
}
