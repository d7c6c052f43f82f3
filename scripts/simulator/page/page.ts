import { readFile } from 'node:fs/promises'
import { type ServerResponse } from 'node:http'
import { type Wire } from '../faults.ts'

export type PageLink = { label: string; url: string }

type PageOptions = {
  hints: string[]
  links: PageLink[]
  names: Record<Wire, string>
  hasCrew: boolean
}

const ASSETS: Record<string, string> = {
  'phones.css': 'text/css; charset=utf-8',
  'phones.js': 'text/javascript; charset=utf-8',
  'chat.js': 'text/javascript; charset=utf-8',
}

type Phone = { wire: Wire; title: string; person: string }
const PHONES: Phone[] = [
  { wire: 'telegram', title: 'Telegram', person: 'Олена' },
  { wire: 'crew', title: 'Telegram бригади', person: 'Іван' },
  { wire: 'viber', title: 'Viber', person: 'Тарас' },
]

const FAULTS = [
  { name: 'rate429', label: 'Забагато запитів (429)' },
  { name: 'rate5xx', label: 'Помилка сервера (502)' },
  { name: 'timeoutAfterAcceptRate', label: 'Прийнято, але без відповіді' },
  { name: 'resetRate', label: 'Обрив з’єднання' },
  { name: 'duplicateUpdates', label: 'Подія двічі' },
  { name: 'outOfOrder', label: 'Події не по черзі' },
  { name: 'badSignature', label: 'Хибний підпис' },
]

/**
 * The page: one phone for each bot, side by side. Tests find their way by attributes that stay:
 *
 * - `[data-phone=telegram|crew|viber]` a phone with its tools; inside it
 * - `[data-role=chat]` the conversation, each `[data-message]` in it with `data-by=bot|person`
 * - `[data-role=inline]` buttons under a message, `[data-role=keyboard]` the keyboard at the bottom
 * - `[data-role=start]` begins the chat (Telegram's Start; opening the chat in Viber)
 * - `[data-role=text]` and `[data-role=send]` the field and its button; Enter sends as well
 * - `[data-role=photo]` the file input, `[data-role=contact]` shares the person's own contact
 * - `[data-role=commands]` the bot's commands (Telegram), `[data-role=file]` a file to open
 * - `[data-role=new-person]` a new person in an empty chat, with `[data-role=name]`,
 *   `[data-role=phone-number]` and `[data-role=payload]` of the folded tools under the phone
 * - `[data-role=leave]` blocks the bot or unsubscribes, and back
 * - `[data-role=notice]` what the phone says of an answer to a tap or of a failure
 *
 * Every control has an accessible name in Ukrainian as well.
 */
export function createPage(options: PageOptions) {
  const html = Buffer.from(renderPage(options))
  return async (res: ServerResponse, path: string): Promise<void> => {
    if (path === '/') {
      res.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'self'; img-src 'self' data:",
      })
      return void res.end(html)
    }
    const name = path.startsWith('/page/') ? path.slice('/page/'.length) : ''
    const mime = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined
    if (!mime) return void res.writeHead(404).end()
    res.writeHead(200, { 'content-type': mime, 'cache-control': 'no-cache' })
    res.end(await readFile(new URL(`./${name}`, import.meta.url)))
  }
}

function renderPage({ hints, links, names, hasCrew }: PageOptions): string {
  const phones = PHONES.filter(({ wire }) => wire !== 'crew' || hasCrew)
  return `<!doctype html>
<html lang="uk">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Симулятор месенджерів</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/phones.css">
<script type="module" src="/page/phones.js"></script>
</head>
<body>
<header class="top">
<div class="headline"><h1>Симулятор месенджерів</h1>
<nav aria-label="Посилання">${links.map(renderLink).join(' ')}</nav></div>
${hints.length > 0 ? `<ul class="hints" aria-label="Підказки">${hints.map((hint) => `<li>${escapeHtml(hint)}</li>`).join('')}</ul>` : ''}
</header>
<main class="phones">${phones.map((phone) => renderPhone(phone, names[phone.wire])).join('\n')}</main>
<details class="faults"><summary>Збої мережі</summary>
<div class="fault-forms">${phones.map(renderFaults).join('')}</div>
</details>
</body>
</html>
`
}

function renderLink({ label, url }: PageLink): string {
  const href = /^https?:\/\//.test(url) ? url : '#'
  return `<a href="${escapeHtml(href)}" target="_blank" rel="noopener">${escapeHtml(label)}</a>`
}

function renderPhone({ wire, title, person }: Phone, name: string): string {
  const isTelegram = wire !== 'viber'
  return `<section class="column" data-phone="${wire}" aria-labelledby="title-${wire}">
<h2 id="title-${wire}">${title}</h2>
<div class="phone ${isTelegram ? 'telegram' : 'viber'}">
<div class="bar">
<span class="avatar" aria-hidden="true">${escapeHtml(name.slice(0, 1))}</span>
<div><p class="bot">${escapeHtml(name)}</p><p data-role="who"></p></div>
</div>
<div class="chat" data-role="chat" role="log" aria-label="Розмова, ${title}" tabindex="0"></div>
<p class="notice" data-role="notice" role="status" hidden></p>
<ul class="commands" data-role="commands" aria-label="Команди бота" hidden></ul>
<button type="button" class="start" data-role="start" hidden>${isTelegram ? 'Розпочати' : 'Відкрити чат'}</button>
<form class="composer" data-role="composer">
${isTelegram ? '<button type="button" class="icon menu" data-role="menu" aria-label="Команди" title="Команди">/</button>' : ''}
<label class="icon" title="Надіслати фото">${ICONS.photo}<span class="hidden">Надіслати фото</span><input class="hidden" type="file" accept="image/png,image/jpeg" data-role="photo"></label>
<button type="button" class="icon" data-role="contact" aria-label="Поділитися своїм контактом" title="Поділитися своїм контактом">${ICONS.contact}</button>
<input type="text" data-role="text" aria-label="Повідомлення" placeholder="Повідомлення" autocomplete="off" maxlength="4096">
<button class="icon send" data-role="send" aria-label="Надіслати" title="Надіслати">${ICONS.send}</button>
</form>
<div class="keyboard" data-role="keyboard" role="group" aria-label="Клавіатура бота" hidden></div>
</div>
<details class="tools"><summary>Людина з цим телефоном</summary>
<label>Ім’я <input data-role="name" value="${person}" maxlength="64"></label>
<label>Телефон <input data-role="phone-number" placeholder="380501112233" maxlength="15" inputmode="numeric"></label>
<label>Прийшла за посиланням <input data-role="payload" placeholder="параметр посилання" maxlength="64"></label>
<div class="tool-buttons"><button type="button" data-role="new-person">Нова людина, чистий чат</button>
<button type="button" data-role="leave">${isTelegram ? 'Заблокувати бота' : 'Відписатися'}</button></div>
</details>
</section>`
}

function renderFaults({ wire, title }: Phone): string {
  const rows = FAULTS.map(
    ({ name, label }) =>
      `<label>${label} <span><input type="number" name="${name}" min="0" max="100" step="5" value="0"> %</span></label>`,
  )
  return `<form class="fault-form" data-faults="${wire}"><h3>${title}</h3>${rows.join('')}
<label>Затримка відповіді <span><input type="number" name="slowMs" min="0" max="60000" step="100" value="0"> мс</span></label>
<button>Застосувати</button> <span role="status"></span></form>`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const icon = (path: string) =>
  `<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path fill="currentColor" d="${path}"/></svg>`

const ICONS = {
  photo: icon(
    'M9 4 7.5 6H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-3.500L15 4H9zm3 4.500a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zm0 2a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  ),
  contact: icon(
    'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm0 10c4.4 0 8 1.8 8 4.200V20H4v-1.800C4 15.8 7.6 14 12 14z',
  ),
  send: icon('M3 20.5 21.5 12 3 3.500v6.600L15 12 3 13.900z'),
}
