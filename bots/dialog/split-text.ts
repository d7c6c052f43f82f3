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

function cut(line: string, limit: number): string[] {
  const parts: string[] = []
  for (let start = 0; start < line.length; start += limit)
    parts.push(line.slice(start, start + limit))
  return parts.length > 0 ? parts : ['']
}
