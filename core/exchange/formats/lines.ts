const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** More in one line (or in one quoted cell of many lines) is not a table of a billing program. */
export const LINE_BYTES_MAX = 64 * 1024

/** A physical line without its end; `bytes` is null when it is longer than `LINE_BYTES_MAX`. */
export type Line = { number: number; bytes: Buffer | null }

/** Lines ahead of the reader: as many as a quoted cell needs. */
export type LineQueue = {
  /** The line that many places ahead, or null after the last one. */
  peek: (ahead: number) => Promise<Line | null>
  drop: (count: number) => void
  close: () => Promise<void>
}

/** Splits bytes (utf-8 or single-byte) into lines, numbered from 1. */
export function queueLines(blocks: AsyncIterable<Buffer>, head: Buffer): LineQueue {
  const batches = lineBatches(blocks, lineBreak(head))
  let lines: Line[] = []
  let position = 0
  let ended = false
  return {
    async peek(ahead) {
      while (!ended && position + ahead >= lines.length) {
        const next = await batches.next()
        if (next.done) ended = true
        else [lines, position] = [[...lines.slice(position), ...next.value], 0]
      }
      return lines[position + ahead] ?? null
    },
    drop(count) {
      position += count
    },
    close: async () => void (await batches.return(undefined)),
  }
}

/** The lines of a beginning of a file; the last one may be cut. */
export function splitLines(head: Buffer): Buffer[] {
  const lines: Buffer[] = []
  const end = lineBreak(head)
  for (let from = 0; from < head.length;) {
    const at = head.indexOf(end, from)
    lines.push(line(head, from, at === -1 ? head.length : at))
    from = at === -1 ? head.length : at + 1
  }
  return lines
}

// A lone CR ends lines only in files that have no LF at all; elsewhere it is a character of a cell.
function lineBreak(head: Buffer): number {
  return head.includes(LINE_FEED) ? LINE_FEED : CARRIAGE_RETURN
}

async function* lineBatches(blocks: AsyncIterable<Buffer>, end: number): AsyncGenerator<Line[]> {
  let number = 1
  let carry: Buffer = Buffer.alloc(0)
  let isTooLong = false
  for await (const block of blocks) {
    const bytes = carry.length > 0 ? Buffer.concat([carry, block]) : block
    const batch: Line[] = []
    let from = 0
    for (let at = bytes.indexOf(end); at !== -1; at = bytes.indexOf(end, from)) {
      const isWhole = !isTooLong && at - from <= LINE_BYTES_MAX
      batch.push({ number: number++, bytes: isWhole ? line(bytes, from, at) : null })
      isTooLong = false
      from = at + 1
    }
    carry = bytes.subarray(from)
    if (carry.length > LINE_BYTES_MAX) [carry, isTooLong] = [Buffer.alloc(0), true]
    yield batch
  }
  if (carry.length > 0 || isTooLong)
    yield [{ number, bytes: isTooLong ? null : line(carry, 0, carry.length) }]
}

function line(bytes: Buffer, from: number, to: number): Buffer {
  const isPaired = to > from && bytes[to - 1] === CARRIAGE_RETURN
  return bytes.subarray(from, isPaired ? to - 1 : to)
}
