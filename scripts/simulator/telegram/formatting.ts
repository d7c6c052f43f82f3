import { badRequest, isRecord } from './call.ts'
import { type Entity } from './wire-types.ts'

export type Formatted = { text: string; entities: Entity[] }

const TAGS: Record<string, string> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  pre: 'pre',
  a: 'text_link',
  blockquote: 'blockquote',
  'tg-spoiler': 'spoiler',
}
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' }
const TOKEN =
  /<(?<close>\/?)(?<tag>[a-z][a-z-]*)(?<attributes>[^>]*)>|&(?<named>lt|gt|amp|quot);|&#(?<code>\d+);|[^<&]+|[<&]/gi

/**
 * What a person sees of a text: markup taken out, its entities beside it, edges trimmed.
 * Reads `parse_mode` HTML or ready `entities`; refuses Markdown, which the simulator does not read.
 */
export function formatted(source: string, mode: string | undefined, ready: unknown): Formatted {
  const parsed = parse(source, mode, ready)
  const text = parsed.text.trimEnd()
  const lead = text.length - text.trimStart().length
  const entities = [...parsed.entities, ...commands(parsed.text)]
    .map((entity) => {
      const end = Math.min(entity.offset + entity.length, text.length)
      const offset = Math.max(entity.offset, lead)
      return { ...entity, offset: offset - lead, length: end - offset }
    })
    .filter(({ length }) => length > 0)
    .sort((a, b) => a.offset - b.offset || b.length - a.length)
  return { text: text.slice(lead), entities }
}

function parse(source: string, mode: string | undefined, ready: unknown): Formatted {
  if (!mode) return { text: source, entities: Array.isArray(ready) ? ready.filter(isEntity) : [] }
  if (mode.toLowerCase() === 'html') return parseHtml(source)
  if (/^markdown(v2)?$/i.test(mode)) return badRequest(`the simulator does not read ${mode}`)
  return badRequest('unsupported parse_mode')
}

function isEntity(value: unknown): value is Entity {
  return isRecord(value) && typeof value['type'] === 'string' && Number.isInteger(value['offset'])
}

/** Entities of `/commands`, as the server marks them in everybody's text. */
export function commands(text: string): Entity[] {
  return [...text.matchAll(/(?<=^|\s)\/[a-z0-9_]{1,32}(@\w+)?(?=$|\s)/gi)].map((match) => ({
    type: 'bot_command',
    offset: match.index,
    length: match[0].length,
  }))
}

function parseHtml(source: string): Formatted {
  const open: { tag: string; entity: Entity }[] = []
  const entities: Entity[] = []
  let text = ''
  for (const match of source.matchAll(TOKEN)) {
    const { close, tag: written, attributes = '', named, code } = match.groups ?? {}
    const tag = written?.toLowerCase()
    if (!tag) {
      if (match[0] === '<') cannotParse('Unexpected character "<"', source, match.index)
      text += named ? (NAMED[named.toLowerCase()] ?? '') : charOf(code, match[0])
      continue
    }
    if (close) {
      const last = open.pop()
      if (!last) return cannotParse('Unexpected end tag', source, match.index)
      if (last.tag !== tag)
        cannotParse('Unmatched end tag', source, match.index, `, expected "</${last.tag}>"`)
      entities.push({ ...last.entity, length: text.length - last.entity.offset })
      continue
    }
    const type = TAGS[tag]
    if (!type) return cannotParse(`Unsupported start tag "${tag}"`, source, match.index)
    const url =
      type === 'text_link' ? /href\s*=\s*["']?([^"'\s]+)/i.exec(attributes)?.[1] : undefined
    open.push({ tag, entity: { type, offset: text.length, length: 0, ...(url && { url }) } })
  }
  const unclosed = open.at(-1)
  if (unclosed)
    badRequest(
      `can't parse entities: Can't find end tag corresponding to start tag "${unclosed.tag}"`,
    )
  return { text, entities }
}

function charOf(code: string | undefined, plain: string): string {
  return code ? String.fromCodePoint(Math.min(Number(code), 0x10ffff)) : plain
}

function cannotParse(what: string, source: string, at: number, rest = ''): never {
  const offset = Buffer.byteLength(source.slice(0, at))
  return badRequest(`can't parse entities: ${what} at byte offset ${offset}${rest}`)
}
