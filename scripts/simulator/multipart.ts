export type UploadedFile = { name: string; bytes: Buffer }
export type Form = { fields: Record<string, string>; files: Map<string, UploadedFile> }

const HEADERS_END = Buffer.from('\r\n\r\n')

/**
 * A multipart/form-data body read as Telegram reads it: header parameters are split at `;`,
 * trimmed and unquoted, so `filename=Рахунок.pdf` (raw UTF-8, no quotes, as grammY writes it)
 * is a file name. Null when the body is not multipart or is cut.
 */
export function parseMultipart(contentType: string, body: Buffer): Form | null {
  const boundary = parameters(contentType)['boundary']
  if (!boundary) return null
  const delimiter = Buffer.from(`--${boundary}`)
  const form: Form = { fields: {}, files: new Map() }

  let at = body.indexOf(delimiter)
  while (at >= 0) {
    const start = at + delimiter.length
    if (body.subarray(start, start + 2).toString('latin1') === '--') return form
    const next = body.indexOf(`\r\n--${boundary}`, start)
    if (next < 0) return null
    addPart(form, body.subarray(start, next))
    at = next + 2
  }
  return null
}

/** `part` begins with the line break after its delimiter. */
function addPart(form: Form, part: Buffer): void {
  const end = part.indexOf(HEADERS_END)
  if (end < 0) return
  const headers = part.subarray(0, end).toString('utf8').split('\r\n')
  const disposition = headers.find((line) => /^content-disposition\s*:/i.test(line))
  if (!disposition) return
  const { name, filename } = parameters(disposition)
  if (!name) return
  const bytes = part.subarray(end + HEADERS_END.length)
  if (filename === undefined) form.fields[name] = bytes.toString('utf8')
  else form.files.set(name, { name: filename, bytes: Buffer.from(bytes) })
}

function parameters(header: string): Record<string, string | undefined> {
  const found: Record<string, string> = {}
  for (const piece of header.split(';').slice(1)) {
    const equals = piece.indexOf('=')
    if (equals < 0) continue
    const value = piece.slice(equals + 1).trim()
    const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
    found[piece.slice(0, equals).trim().toLowerCase()] = isQuoted ? value.slice(1, -1) : value
  }
  return found
}
