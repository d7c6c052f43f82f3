// @ts-nocheck: browser code; the project's type check knows no DOM
import { renderCommands, renderKeyboard, renderMessage } from './chat.js'

const NOTICE_MS = 6_000
const AT_END_PX = 80

async function ask(method, path, body) {
  const sent = body instanceof Blob ? body : JSON.stringify(body ?? {})
  const response = await fetch(`/simulator/${path}`, {
    method,
    ...(method === 'POST' && { body: sent }),
  })
  const answer = await response.json()
  if (!response.ok) throw Object.assign(new Error(answer.error), { status: response.status })
  return answer
}

/** One phone: its person, its screen, its controls. */
class Phone {
  person = null
  screen = null
  shown = new Map()
  seenAnswers = 0
  hasOpened = false
  keyboardSource = ''

  constructor(root) {
    this.wire = root.dataset.phone
    this.isViber = this.wire === 'viber'
    this.root = root
    this.listen()
    this.person = sessionStorage.getItem(`person:${this.wire}`)
    if (this.person) this.watch()
    else void this.newPerson()
  }

  part(role) {
    return this.root.querySelector(`[data-role="${role}"]`)
  }

  notice(text) {
    const place = this.part('notice')
    place.textContent = text
    place.hidden = false
    clearTimeout(this.noticeTimer)
    this.noticeTimer = setTimeout(() => (place.hidden = true), NOTICE_MS)
  }

  address() {
    return `${this.wire}/people/${encodeURIComponent(this.person)}`
  }

  async act(action, body) {
    try {
      return (await ask('POST', `${this.address()}/${action}`, body)).result
    } catch (error) {
      this.notice(error.message)
      return null
    }
  }

  async newPerson() {
    const name = this.part('name').value.trim() || 'Людина'
    const phone = this.part('phone-number').value.replace(/\D/g, '')
    // in Telegram a bot cannot write first to who has not pressed Start
    const about = this.isViber ? { name } : { firstName: name, hasStarted: false }
    const { id } = await ask('POST', `${this.wire}/people`, { ...about, ...(phone && { phone }) })
    this.person = String(id)
    sessionStorage.setItem(`person:${this.wire}`, this.person)
    this.part('chat').replaceChildren()
    this.shown.clear()
    this.screen = null
    this.hasOpened = false
    this.watch()
  }

  watch() {
    this.events?.close()
    const chat = encodeURIComponent(`${this.wire}:${this.person}`)
    this.events = new EventSource(`/simulator/events?chat=${chat}`)
    this.events.addEventListener('chat', () => void this.look())
    this.events.addEventListener('open', () => void this.look())
  }

  /** Asks for the screen; once more when something changed while it was asked for. */
  async look() {
    this.hasMore = this.isAsking
    if (this.isAsking) return
    this.isAsking = true
    try {
      this.draw(await ask('GET', this.address()))
    } catch (error) {
      // the simulator was restarted and knows nobody: begin anew
      if (error.status === 404) await this.newPerson()
      else this.notice(error.message)
    }
    this.isAsking = false
    if (this.hasMore) await this.look()
  }

  draw(screen) {
    const isFirst = this.screen === null
    this.screen = screen
    this.part('who').textContent = `${screen.name}, ${screen.phone}`
    this.drawMessages(screen.messages)
    this.drawKeyboard(screen.keyboard)
    const isEmpty = screen.messages.length === 0
    this.part('start').hidden = !isEmpty || (this.isViber && this.hasOpened)
    this.part('composer').hidden = screen.inputField === 'hidden' || (!this.isViber && isEmpty)
    this.part('leave').textContent = this.leaveLabel()
    this.drawCommands(screen.commands ?? [])
    const answers = screen.answers ?? []
    // old answers must not flash again when the page is opened anew
    const fresh = isFirst ? [] : answers.slice(this.seenAnswers)
    for (const { text } of fresh) if (text) this.notice(text)
    this.seenAnswers = answers.length
  }

  leaveLabel() {
    if (this.isViber) return this.screen.isSubscribed ? 'Відписатися' : 'Підписатися'
    return this.screen.hasBlocked ? 'Розблокувати бота' : 'Заблокувати бота'
  }

  drawMessages(messages) {
    const chat = this.part('chat')
    const isAtEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < AT_END_PX
    const gone = new Set(this.shown.keys())
    let hasNew = false
    for (const message of messages) {
      const key = String(message.id ?? message.token)
      gone.delete(key)
      const source = JSON.stringify(message)
      const old = this.shown.get(key)
      if (old?.source === source) continue
      const element = renderMessage(message, (button) => this.tapMessage(button, message))
      if (old) old.element.replaceWith(element)
      else chat.append(element)
      hasNew ||= !old
      this.shown.set(key, { element, source })
    }
    for (const key of gone) {
      this.shown.get(key).element.remove()
      this.shown.delete(key)
    }
    if (isAtEnd || hasNew) this.scrollDown()
  }

  scrollDown() {
    const chat = this.part('chat')
    chat.scrollTop = chat.scrollHeight
  }

  drawKeyboard(rows) {
    const source = JSON.stringify(rows)
    if (source === this.keyboardSource) return
    this.keyboardSource = source
    const place = this.part('keyboard')
    place.hidden = !rows?.length
    place.replaceChildren(...renderKeyboard(rows ?? [], (label) => this.tapKeyboard(label)))
    this.scrollDown()
  }

  drawCommands(commands) {
    if (this.isViber) return
    this.part('menu').hidden = commands.length === 0
    this.part('commands').replaceChildren(
      ...renderCommands(commands, (text) => {
        this.part('commands').hidden = true
        void this.act('text', { text })
      }),
    )
  }

  tapKeyboard(label) {
    if (this.isViber) void this.tapViber(label)
    else void this.act('reply-button', { label })
  }

  tapMessage(button, message) {
    if (button.url) window.open(button.url, '_blank', 'noopener')
    else if (this.isViber) void this.tapViber(button.label)
    else void this.act('inline-button', { label: button.text, messageId: message.id })
  }

  async tapViber(label) {
    const link = await this.act('button', { label })
    if (link) window.open(link, '_blank', 'noopener')
  }

  async start() {
    const payload = this.part('payload').value.trim()
    this.hasOpened = true
    await this.act(this.isViber ? 'open' : 'start', payload ? { payload } : {})
    await this.look()
  }

  sendText() {
    const field = this.part('text')
    const text = field.value.trim()
    field.value = ''
    if (text) void this.act('text', { text })
  }

  async sendPhoto(input) {
    const [file] = input.files
    if (file) await this.act('picture', file)
    input.value = ''
  }

  leave() {
    if (this.isViber) void this.act(this.screen.isSubscribed ? 'unsubscribe' : 'subscribe')
    else void this.act(this.screen.hasBlocked ? 'unblock' : 'block')
  }

  listen() {
    const onClick = (role, act) => this.part(role)?.addEventListener('click', () => void act())
    this.part('composer').addEventListener('submit', (event) => {
      event.preventDefault()
      this.sendText()
    })
    this.part('photo').addEventListener('change', ({ target }) => void this.sendPhoto(target))
    onClick('contact', () => this.act('own-contact'))
    onClick('menu', () => this.part('commands').toggleAttribute('hidden'))
    onClick('start', () => this.start())
    onClick('new-person', () => this.newPerson())
    onClick('leave', () => this.leave())
  }
}

/** The panel's percents become rates. */
async function applyFaults(form) {
  const rates = [...new FormData(form)].map(([name, value]) => [
    name,
    name === 'slowMs' ? Number(value) : Number(value) / 100,
  ])
  const status = form.querySelector('[role=status]')
  try {
    await ask('POST', 'faults', { [form.dataset.faults]: Object.fromEntries(rates) })
    status.textContent = 'Застосовано'
  } catch (error) {
    status.textContent = error.message
  }
}

for (const root of document.querySelectorAll('[data-phone]')) new Phone(root)
for (const form of document.querySelectorAll('[data-faults]'))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void applyFaults(form)
  })
