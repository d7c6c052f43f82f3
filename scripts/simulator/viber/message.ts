import { refuse } from './status.ts'

const TEXT_MAX = 7_000
const REQUEST_BYTES_MAX = 30_000
const SENDER_NAME_MAX = 28
const TRACKING_MAX = 4_000
const PICTURE_TEXT_MAX = 768
const FILE_BYTES_MAX = 50 * 1024 * 1024
const FILE_NAME_MAX = 256
const COLUMNS = 6
const KEYBOARD_ROWS_MAX = 12
const CAROUSEL_BUTTONS_MAX = 42
const BUTTON_TEXT_MAX = 250
const ACTION_TYPES = ['reply', 'open-url', 'share-phone', 'location-picker', 'none']

export type ViberButton = {
  Text?: string
  ActionBody: string
  ActionType?: string
  Columns?: number
  Rows?: number
  BgColor?: string
  TextSize?: string
  Silent?: boolean
}

export type ViberKeyboard = { Buttons: ViberButton[]; InputFieldState?: string; BgColor?: string }

export type ViberContent = {
  type: 'text' | 'url' | 'picture' | 'file' | 'contact' | 'location' | 'rich_media' | 'keyboard'
  text: string
  media: string | null
  fileName: string | null
  sizeBytes: number | null
  contact: { name: string; phone: string } | null
  location: { lat: number; lon: number } | null
  carousel: ViberButton[]
  /** Undefined when the message says nothing of the keyboard: the last one stays. */
  keyboard: ViberKeyboard | undefined
  trackingData: string
  sender: string
}

type Json = Record<string, unknown>

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A message of send_message, broadcast_message or a welcome; refused as Viber refuses it. */
export function messageOf(json: Json, bytes: number): ViberContent {
  if (bytes > REQUEST_BYTES_MAX) refuse('badData', 'request exceeds 30kb')
  const keyboard = keyboardOf(json['keyboard'])
  const content: ViberContent = {
    type: 'keyboard',
    text: '',
    media: null,
    fileName: null,
    sizeBytes: null,
    contact: null,
    location: null,
    carousel: [],
    keyboard,
    trackingData: trackingOf(json['tracking_data']),
    sender: senderOf(json['sender']),
  }
  const { type } = json
  if (type === undefined || type === null)
    return keyboard ? content : refuse('missingData', 'Missing type')
  const read = typeof type === 'string' ? READERS[type] : undefined
  if (!read) return refuse('badData', 'invalid message type')
  return { ...content, ...read(json) }
}

const READERS: Record<string, (json: Json) => Partial<ViberContent>> = {
  text: (json) => ({ type: 'text', text: textOf(json, TEXT_MAX) }),
  picture: (json) => ({
    type: 'picture',
    // the text is optional, but the field must be there in older versions: empty is fine
    text: json['text'] ? textOf({ text: json['text'] }, PICTURE_TEXT_MAX) : '',
    media: urlOf(json, 'media'),
  }),
  url: (json) => ({ type: 'url', text: urlOf(json, 'media') }),
  file: (json) => {
    const { size, file_name: name } = json
    if (typeof size !== 'number' || size <= 0) return refuse('missingData', 'Missing size')
    if (size > FILE_BYTES_MAX) refuse('badData', 'file size exceeds 50mb')
    if (typeof name !== 'string' || name === '') return refuse('missingData', 'Missing file_name')
    if (name.length > FILE_NAME_MAX || !name.includes('.')) refuse('badData', 'invalid file_name')
    return { type: 'file', fileName: name, sizeBytes: size, media: urlOf(json, 'media') }
  },
  contact: ({ contact }) => {
    if (!isRecord(contact)) return refuse('missingData', 'Missing contact')
    const { name, phone_number: phone } = contact
    if (typeof name !== 'string' || typeof phone !== 'string')
      return refuse('missingData', 'Missing contact.name')
    return { type: 'contact', contact: { name, phone } }
  },
  location: ({ location }) => {
    const { lat, lon } = isRecord(location) ? location : {}
    if (typeof lat !== 'number' || typeof lon !== 'number')
      return refuse('missingData', 'Missing location')
    return { type: 'location', location: { lat, lon } }
  },
  rich_media: ({ rich_media: rich }) => {
    if (!isRecord(rich)) return refuse('missingData', 'Missing rich_media')
    const carousel = buttonsOf(rich['Buttons'])
    if (carousel.length > CAROUSEL_BUTTONS_MAX) refuse('badData', 'too many buttons in rich_media')
    return { type: 'rich_media', carousel }
  },
}

function textOf(json: Json, max: number): string {
  const { text } = json
  if (typeof text !== 'string' || text === '') return refuse('missingData', 'Missing text')
  if (text.length > max) refuse('badData', `text exceeds ${max} characters`)
  return text
}

function urlOf(json: Json, name: string): string {
  const url = json[name]
  if (typeof url !== 'string' || url === '') return refuse('missingData', `Missing ${name}`)
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) refuse('badData', `invalid ${name} url`)
  return url
}

function senderOf(sender: unknown): string {
  const name = isRecord(sender) ? sender['name'] : undefined
  if (typeof name !== 'string' || name === '') return refuse('missingData', 'Missing sender.name')
  if (name.length > SENDER_NAME_MAX) refuse('badData', 'sender.name exceeds 28 characters')
  return name
}

function trackingOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') return refuse('badData', 'tracking_data must be a string')
  if (value.length > TRACKING_MAX) refuse('badData', 'tracking_data exceeds 4000 characters')
  return value
}

function keyboardOf(value: unknown): ViberKeyboard | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (!isRecord(value)) return refuse('badData', 'keyboard is not valid')
  if (value['Type'] !== 'keyboard') refuse('badData', 'keyboard is not valid. [Type is missing]')
  const buttons = buttonsOf(value['Buttons'])
  if (keyboardRows(buttons).reduce((sum, row) => sum + row.height, 0) > KEYBOARD_ROWS_MAX)
    refuse('badData', 'keyboard is not valid. [more than 12 rows]')
  return { ...value, Buttons: buttons }
}

function buttonsOf(value: unknown): ViberButton[] {
  if (!Array.isArray(value) || value.length === 0)
    return refuse(
      'badData',
      'keyboard is not valid. [array is too short: must have at least 1 element]',
    )
  return value.map(buttonOf)
}

function buttonOf(value: unknown): ViberButton {
  const invalid = (why: string) => refuse('badData', `keyboard is not valid. [${why}]`)
  if (!isRecord(value)) return invalid('button is not an object')
  const { ActionBody: body, ActionType: type = 'reply', Text: text = '', Columns, Rows } = value
  if (typeof body !== 'string' || body === '')
    return invalid('object has missing required properties ([\\"ActionBody\\"])')
  if (typeof type !== 'string' || !ACTION_TYPES.includes(type)) invalid('invalid ActionType')
  if (typeof text !== 'string' || text.length > BUTTON_TEXT_MAX) return invalid('invalid Text')
  if (Columns !== undefined && !within(Columns, 1, COLUMNS)) invalid('invalid Columns')
  if (Rows !== undefined && !within(Rows, 1, 2)) invalid('invalid Rows')
  if (type === 'open-url' && !URL.canParse(body)) invalid('invalid url in ActionBody')
  return { ...value, ActionBody: body, Text: text }
}

function within(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}

/** Buttons laid out as the client does: left to right in rows of six columns. */
export function keyboardRows(buttons: ViberButton[]): { buttons: ViberButton[]; height: number }[] {
  const rows: { buttons: ViberButton[]; height: number }[] = []
  let used = COLUMNS
  for (const button of buttons) {
    const width = button.Columns ?? COLUMNS
    const last = rows.at(-1)
    if (!last || used + width > COLUMNS) {
      rows.push({ buttons: [button], height: button.Rows ?? 1 })
      used = width
    } else {
      last.buttons.push(button)
      last.height = Math.max(last.height, button.Rows ?? 1)
      used += width
    }
  }
  return rows
}

/** The label a person reads: Viber allows a little HTML in it. */
export function labelOf({ Text = '' }: ViberButton): string {
  return Text.replace(/<br\s*\/?>/gi, ' ')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
