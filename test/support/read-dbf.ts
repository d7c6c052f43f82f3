import iconv from 'iconv-lite'

/** The rows of a dBASE III table as trimmed texts by column: a reader of its own, so that tests compare two. */
export function readDbf(bytes: Buffer, encoding = 'cp1251'): Record<string, string>[] {
  const [rows, head, length] = [
    bytes.readUInt32LE(4),
    bytes.readUInt16LE(8),
    bytes.readUInt16LE(10),
  ]
  const columns: { name: string; length: number }[] = []
  for (let at = 32; bytes[at] !== 0x0d; at += 32) {
    const name = bytes.toString('latin1', at, at + 11).replace(/\0.*$/s, '')
    columns.push({ name, length: bytes[at + 16] ?? 0 })
  }
  return Array.from({ length: rows }, (_, index) => {
    let at = head + index * length + 1
    return Object.fromEntries(
      columns.map((column) => {
        const cell = iconv.decode(bytes.subarray(at, at + column.length), encoding).trim()
        at += column.length
        return [column.name, cell]
      }),
    )
  })
}
