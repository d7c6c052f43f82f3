import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'

export const SINGLE_BYTE = ['windows-1251', 'cp866', 'cp1125', 'koi8-u'] as const
export type SingleByte = (typeof SINGLE_BYTE)[number]
export type Utf16 = 'utf-16le' | 'utf-16be'
export type Encoding = 'utf-8' | Utf16 | SingleByte

/** Text of one line or cell, or null when its bytes are not text of that encoding. */
export type Decoder = (bytes: Buffer) => string | null

export function isUtf16(encoding: Encoding): encoding is Utf16 {
  return encoding === 'utf-16le' || encoding === 'utf-16be'
}

/**
 * How pieces of a file in this encoding are decoded. In a single-byte encoding every byte means
 * something, so a piece that is beyond doubt utf-8 is null too: decoded, it would be garbage.
 * Utf-16 is not decoded by pieces: `utf16AsUtf8` turns the whole stream.
 */
export function decoder(encoding: 'utf-8' | SingleByte): Decoder {
  if (encoding === 'utf-8') return (bytes) => (isUtf8(bytes) ? sound(bytes.toString('utf8')) : null)
  return (bytes) => {
    if (isAscii(bytes)) return bytes.toString('latin1')
    return isSurelyUtf8(bytes) ? null : sound(decodeSingleByte(bytes, encoding))
  }
}

/** One character for every byte; a byte that means nothing in the encoding becomes U+FFFD. */
export function decodeSingleByte(bytes: Buffer, encoding: SingleByte): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  const characters = charactersOf(encoding)
  const units = Buffer.allocUnsafe(bytes.length * 2)
  for (let at = 0; at < bytes.length; at++) {
    const code = characters[bytes[at] ?? 0] ?? 0
    units[at * 2] = code & 0xff
    units[at * 2 + 1] = code >> 8
  }
  return units.toString('utf16le')
}

/** Valid utf-8 with three Cyrillic letters: that does not happen by chance in single-byte text. */
export function isSurelyUtf8(bytes: Buffer): boolean {
  if (isAscii(bytes) || !isUtf8(bytes)) return false
  let letters = 0
  for (const byte of bytes) if (byte >= 0xd0 && byte <= 0xd2 && ++letters === 3) return true
  return false
}

/** The encoding a byte order mark announces, and the mark's length; null without a mark. */
export function readMark(head: Buffer): { encoding: 'utf-8' | Utf16; length: number } | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return { encoding: 'utf-8', length: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', length: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', length: 2 }
  return null
}

/** A utf-16 file as utf-8 without a mark; what is not utf-16 in it becomes U+FFFD. */
export async function* utf16AsUtf8(
  blocks: AsyncIterable<Buffer>,
  encoding: Utf16,
): AsyncGenerator<Buffer> {
  const text = new TextDecoder(encoding)
  for await (const block of blocks) yield Buffer.from(text.decode(block, { stream: true }))
  yield Buffer.from(text.decode())
}

function sound(text: string): string | null {
  return text.includes('\uFFFD') ? null : text
}

const tables = new Map<SingleByte, Uint16Array>()

function charactersOf(encoding: SingleByte): Uint16Array {
  let table = tables.get(encoding)
  if (!table) {
    const text = iconv.decode(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), encoding)
    table = Uint16Array.from(text, (character) => character.charCodeAt(0))
    tables.set(encoding, table)
  }
  return table
}
