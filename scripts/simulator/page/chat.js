// @ts-nocheck: browser code; the project's type check knows no DOM

const STYLES = {
  bold: 'b',
  italic: 'i',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'code',
  blockquote: 'q',
  bot_command: 'em',
}
const STATUS = {
  sent: 'надіслано',
  delivered: 'доставлено',
  seen: 'переглянуто',
  failed: 'не доставлено',
}
const TIME = new Intl.DateTimeFormat('uk', { hour: '2-digit', minute: '2-digit' })

function element(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  if (text !== undefined) made.textContent = text
  made.append(...children)
  return made
}

/** A bubble with everything under it; `tap` gets the button that was pressed. */
export function renderMessage(message, tap) {
  const key = String(message.id ?? message.token)
  const root = element('article', {
    class: message.service ? 'service' : 'message',
    'data-message': key,
    'data-by': message.by,
  })
  if (message.service) {
    root.append(element('p', { text: message.service }))
    return root
  }
  const bubble = element('div', { class: 'bubble' })
  const file = message.file
  const isPicture =
    file?.mime.startsWith('image/') && file.kind !== 'document' && message.type !== 'file'
  if (file) bubble.append(isPicture ? picture(file) : fileCard(file))
  else if (message.media)
    bubble.append(element('p', { class: 'soft', text: message.fileName ?? 'Зображення' }))
  if (message.text) bubble.append(words(message.text, message.entities ?? []))
  if (message.contact) bubble.append(contactCard(message.contact))
  if (message.location) bubble.append(element('p', { text: 'Місце на карті' }))
  bubble.append(footer(message))
  root.append(bubble)

  const inline = message.buttons ?? message.carousel ?? []
  if (inline.length > 0) {
    const rows = inline.map((row) =>
      element(
        'div',
        { class: 'row' },
        ...row.map((button) => {
          const made = element('button', { type: 'button', text: button.text ?? button.label })
          if (button.url) made.classList.add('link')
          made.addEventListener('click', () => tap(button))
          return made
        }),
      ),
    )
    root.append(element('div', { class: 'inline', 'data-role': 'inline' }, ...rows))
  }
  return root
}

function footer(message) {
  const edited = message.isEdited ? 'змінено ' : ''
  const foot = element('footer', { text: `${edited}${TIME.format(message.at)}` })
  const status = STATUS[message.status]
  if (status && message.by === 'bot') foot.append(` · ${status}`)
  return foot
}

/** Text with its entities as elements; offsets count UTF-16 units, as strings here do. */
function words(text, entities) {
  const place = element('p')
  const edges = new Set([0, text.length])
  for (const { offset, length } of entities) edges.add(offset).add(offset + length)
  const cuts = [...edges].sort((a, b) => a - b)
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [from, to] = [cuts[index], cuts[index + 1]]
    let node = linked(text.slice(from, to))
    for (const entity of entities) {
      if (entity.offset > from || entity.offset + entity.length < to) continue
      if (entity.url) node = element('a', linkTo(entity.url), node)
      else if (STYLES[entity.type]) node = element(STYLES[entity.type], {}, node)
    }
    place.append(node)
  }
  return place
}

function linkTo(url) {
  return { href: /^https?:\/\//.test(url) ? url : '#', target: '_blank', rel: 'noopener' }
}

function linked(text) {
  const fragment = document.createDocumentFragment()
  for (const piece of text.split(/(https?:\/\/[^\s]*[^\s.,;:!?)»])/)) {
    if (/^https?:\/\//.test(piece)) fragment.append(element('a', { ...linkTo(piece), text: piece }))
    else fragment.append(piece)
  }
  return fragment
}

function fileCard(file) {
  const kind = /\.(\w{1,4})$/.exec(file.name)?.[1]?.toUpperCase() ?? 'ФАЙЛ'
  return element(
    'a',
    { class: 'file', 'data-role': 'file', href: file.url, target: '_blank', rel: 'noopener' },
    element('span', { class: 'kind', 'aria-hidden': 'true', text: kind }),
    element('span', { class: 'about' }, element('b', { text: file.name }), size(file.sizeBytes)),
  )
}

function picture(file) {
  const image = element('img', { src: file.url, alt: `Зображення ${file.name}`, loading: 'lazy' })
  const attributes = { class: 'picture', 'data-role': 'file', href: file.url }
  return element('a', { ...attributes, target: '_blank', rel: 'noopener' }, image)
}

function size(bytes) {
  const text =
    bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} КБ` : `${(bytes / 1024 / 1024).toFixed(1)} МБ`
  return element('small', { text })
}

function contactCard(contact) {
  const name = contact.first_name ?? contact.name
  const phone = contact.phone_number ?? contact.phone
  return element('p', { class: 'contact' }, element('b', { text: name }), element('br'), phone)
}

/** The keyboard's rows; Viber's buttons carry their width in columns of six. */
export function renderKeyboard(rows, tap) {
  return rows.map((row) =>
    element(
      'div',
      { class: 'row' },
      ...row.map((button) => {
        const label = button.label ?? button.text
        const made = element('button', { type: 'button', text: label })
        if (button.columns) made.style.gridColumn = `span ${button.columns}`
        if (button.rows > 1) made.classList.add('tall')
        if (button.color) made.style.backgroundColor = button.color
        made.addEventListener('click', () => tap(label))
        return made
      }),
    ),
  )
}

/** The menu of the bot's commands; `choose` gets the command with its slash. */
export function renderCommands(commands, choose) {
  return commands.map(({ command, description }) => {
    const name = element('b', { text: `/${command}` })
    const button = element('button', { type: 'button' }, name, ` ${description}`)
    button.addEventListener('click', () => choose(`/${command}`))
    return element('li', {}, button)
  })
}
