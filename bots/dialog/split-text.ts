/**
 * A text in pieces no longer than `limit`, cut between lines; a line longer than that is cut where
 * it must be. Joined by line breaks the pieces say the same.
 */
export function splitText(text: string, limit: number): string[] {
  if (text.length <= limit) return [text]
  const pieces: string[] = []
  let piece = ''
  for (const line of text.split('\n').flatMap((each) => cut(each, limit))) {
    if (piece !== '' && piece.length + 1 + line.length > limit) {
      pieces.push(piece)
      piece = ''
    }
    piece = piece === '' ? line : `${piece}\n${line}`
  }
  return [...pieces, piece]
}

const HIGH_SURROGATE = /[\ud800-\udbff]/

function cut(line: string, limit: number): string[] {
  const parts: string[] = []
  for (let start = 0; start < line.length;) {
    const end = start + limit
    // A character of two halves goes whole into the next piece.
    const isCut = HIGH_SURROGATE.test(line.charAt(end - 1)) && end < line.length
    parts.push(line.slice(start, isCut ? end - 1 : end))
    start += isCut ? limit - 1 : limit
  }
  return parts.length > 0 ? parts : ['']
}
