import { detectUtf16 } from './detect-encoding.ts'
import { looksLikeDbf } from './dbf-header.ts'
import { readMark } from './encoding.ts'

/** What can be told from the bytes but is not read as a table here. */
export type OtherType =
  'xls' | 'xlsx' | 'zip' | 'gzip' | 'pdf' | 'rtf' | 'image' | 'html' | 'xml' | 'json' | 'binary'
export type FileType = 'dbf' | 'text' | 'empty' | OtherType

const SIGNATURES: readonly [type: OtherType, bytes: string][] = [
  ['xls', '\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1'],
  ['zip', 'PK\x03\x04'],
  ['zip', 'PK\x05\x06'],
  ['zip', 'Rar!\x1A\x07'],
  ['zip', '7z\xBC\xAF\x27\x1C'],
  ['gzip', '\x1F\x8B'],
  ['pdf', '%PDF-'],
  ['rtf', '{\\rtf'],
  ['image', '\x89PNG\r\n'],
  ['image', '\xFF\xD8\xFF'],
  ['image', 'GIF8'],
]

const TEXTS: readonly [type: OtherType, pattern: RegExp][] = [
  [
    'html',
    /^(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head|body|meta|table|style|script)\b/is,
  ],
  ['xml', /^<(?:\?xml|!doctype|[a-z_][\w:.-]*[\s/>])/i],
  ['json', /^(?:\{\s*["}]|\[\s*(?:[[{"\]\d-]|true|false|null))/],
]

const LOOKED_AT_BYTES = 4096
/** Share of control characters above which bytes are not text (random bytes have 11 %). */
const CONTROLS_MAX = 0.05

/** The type of a file by its first bytes, whatever its name says. */
export function detectType(head: Buffer): FileType {
  if (head.length === 0) return 'empty'
  const start = head.subarray(0, LOOKED_AT_BYTES)
  const bytes = start.toString('latin1')
  const signature = SIGNATURES.find(([, prefix]) => bytes.startsWith(prefix))?.[0]
  if (signature === 'zip') return isWorkbook(bytes) ? 'xlsx' : 'zip'
  if (signature) return signature
  if (looksLikeDbf(head)) return 'dbf'
  const text = asText(start)
  if (text === null) return 'binary'
  return TEXTS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'text'
}

// Names of the parts stand uncompressed in the local headers of the archive.
function isWorkbook(bytes: string): boolean {
  return bytes.includes('[Content_Types].xml') || bytes.includes('xl/') || bytes.includes('_rels/')
}

// ASCII of the beginning is enough to see markup: other letters may come out wrong.
function asText(start: Buffer): string | null {
  const mark = readMark(start)
  const body = start.subarray(mark?.length ?? 0)
  const encoding = mark?.encoding ?? detectUtf16(start)
  if (encoding === 'utf-16le' || encoding === 'utf-16be')
    return new TextDecoder(encoding).decode(body).trimStart()
  const controls = body.reduce((count, byte) => count + (isControl(byte) ? 1 : 0), 0)
  return controls > body.length * CONTROLS_MAX ? null : body.toString('latin1').trimStart()
}

// 1A ends texts of DOS
function isControl(byte: number): boolean {
  return byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 0x1a
}
