/** Bytes of a file: all of them, or as they arrive (a read stream). */
export type Source = Buffer | AsyncIterable<Buffer>

/** A source whose beginning is known before anything is decided about the rest. */
export type OpenSource = {
  head: Buffer
  /** True when `head` is all there is. */
  whole: boolean
  /** The bytes in blocks, `head` included, from the given offset inside it. One pass. */
  blocks: (from?: number) => AsyncGenerator<Buffer>
  /** For a source that will not be read any further. */
  close: () => Promise<void>
}

/** Bytes that type, encoding and delimiter are decided by. */
const HEAD_BYTES = 256 * 1024
const BLOCK_BYTES = 64 * 1024

/** Reads the head and keeps the rest for `blocks`: memory does not grow with the file. */
export async function openSource(source: Source): Promise<OpenSource> {
  if (Buffer.isBuffer(source)) return openBuffer(source)
  const chunks = source[Symbol.asyncIterator]()
  const close = async () => void (await chunks.return?.())
  const head = await take(chunks, HEAD_BYTES)
  const whole = head.length < HEAD_BYTES

  async function* blocks(from = 0) {
    try {
      yield* slices(head.subarray(from))
      for (;;) {
        // small chunks are joined: what follows works per block
        const block = whole ? null : await take(chunks, BLOCK_BYTES)
        if (!block || block.length === 0) return
        yield* slices(block)
      }
    } finally {
      await close()
    }
  }
  return { head, whole, blocks, close }
}

function openBuffer(bytes: Buffer): OpenSource {
  return {
    head: bytes.subarray(0, HEAD_BYTES),
    whole: bytes.length <= HEAD_BYTES,
    async *blocks(from = 0) {
      yield* slices(bytes.subarray(from))
    },
    close: async () => {},
  }
}

async function take(chunks: AsyncIterator<Buffer>, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let length = 0; length < bytes;) {
    const next = await chunks.next()
    if (next.done) break
    parts.push(next.value)
    length += next.value.length
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) yield bytes.subarray(at, at + BLOCK_BYTES)
}
