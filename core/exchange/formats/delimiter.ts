/** In order of preference: what Ukrainian and Belarusian programs write first. */
const DELIMITERS = [';', '\t', '|', ','] as const
export type Delimiter = (typeof DELIMITERS)[number]

/**
 * The delimiter by which most of the lines have as many fields as the first one, the heading;
 * `;` for a single column. Decimal commas are no delimiters: the heading has none.
 */
export function detectDelimiter(lines: readonly string[]): Delimiter {
  let best: Delimiter = ';'
  let bestAgreeing = 0
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => fieldCount(line, delimiter))
    const heading = counts[0] ?? 0
    if (heading < 2) continue
    const agreeing = counts.filter((count) => count === heading).length
    if (agreeing > bestAgreeing) [best, bestAgreeing] = [delimiter, agreeing]
  }
  return best
}

// A delimiter inside quotes is not one; a quote that never closes spoils the count of its line
// only.
function fieldCount(line: string, delimiter: Delimiter): number {
  return line.replace(/"[^"]*"/g, '').split(delimiter).length
}
