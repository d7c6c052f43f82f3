/** Bytes of a memo by its block number, or null when the memo file has no such memo. */
export type MemoReader = (block: number) => Buffer | null

const DBASE3_BLOCK_BYTES = 512
const END_OF_MEMO = 0x1a
/** Longer than any purpose of payment; what a damaged length would ask for is refused. */
const MEMO_BYTES_MAX = 1024 * 1024

/**
 * Reads memos out of the file that goes with a dbf of this version: `.dbt` of dBASE III (83) and
 * IV (8B, CB), `.fpt` of FoxPro (30, 31, 32, F5, FB).
 * Source: dBASE IV and FoxPro memo file structure.
 */
export function memoReader(memo: Buffer, version: number): MemoReader {
  if (version === 0x83 || version === 0x03) return (block) => untilEnd(memo, block)
  const isFoxPro = [0x30, 0x31, 0x32, 0xf5, 0xfb].includes(version)
  const size = memo.length < 22 ? 0 : isFoxPro ? memo.readUInt16BE(6) : memo.readUInt16LE(20)
  const blockBytes = size || (isFoxPro ? 64 : DBASE3_BLOCK_BYTES)
  return (block) => {
    const at = block * blockBytes
    if (block < 1 || at + 8 > memo.length) return null
    if (!isFoxPro && memo.readUInt32LE(at) !== 0x0008ffff) return null
    // dBASE counts the 8 bytes before the text as well
    const length = isFoxPro ? memo.readUInt32BE(at + 4) : memo.readUInt32LE(at + 4) - 8
    const from = at + 8
    if (length < 0 || length > MEMO_BYTES_MAX || from + length > memo.length) return null
    return memo.subarray(from, from + length)
  }
}

function untilEnd(memo: Buffer, block: number): Buffer | null {
  const from = block * DBASE3_BLOCK_BYTES
  if (block < 1 || from >= memo.length) return null
  const end = memo.indexOf(END_OF_MEMO, from)
  return end === -1 || end - from > MEMO_BYTES_MAX ? null : memo.subarray(from, end)
}
