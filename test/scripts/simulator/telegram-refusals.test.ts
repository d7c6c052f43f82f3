import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Simulator } from '../../../scripts/simulator/simulator.ts'
import { type Person } from '../../../scripts/simulator/telegram/people.ts'
import { callTelegram, PNG, startTestSimulator, TELEGRAM_TOKEN } from './bot-stub.ts'

let simulator: Simulator
let olena: Person
let own: number
let photo: number
let photoId: string
beforeAll(async () => {
  simulator = await startTestSimulator()
  olena = simulator.telegram.person({ firstName: 'Олена' })
  own = (await send({ text: 'Текст' })).result.message_id
  olena.sendPhoto(PNG)
  photoId = await sentPhotoId()
  const copy = { chat_id: olena.id, photo: photoId }
  photo = (await callTelegram(simulator, 'sendPhoto', copy)).result.message_id
})
afterAll(() => simulator.close())

function send(body: Record<string, unknown>) {
  return callTelegram(simulator, 'sendMessage', { chat_id: olena.id, ...body })
}

/** The file_id of the photo in the newest update. */
async function sentPhotoId(): Promise<string> {
  const { result } = await callTelegram(simulator, 'getUpdates', { offset: -1 })
  const [update] = result as unknown as { message: { photo: { file_id: string }[] } }[]
  return update?.message.photo.at(-1)?.file_id ?? ''
}

const inline = (button: Record<string, unknown>) => ({ inline_keyboard: [[button]] })

describe('a refused send', () => {
  it.each([
    ['no chat', { chat_id: '', text: 'a' }, 'chat_id is empty'],
    ['an unknown chat', { chat_id: 5, text: 'a' }, 'chat not found'],
    ['a name of a channel', { chat_id: '@oselia', text: 'a' }, 'chat not found'],
    ['no text', {}, 'message text is empty'],
    ['only spaces', { text: ' \n ' }, 'message text is empty'],
    ['4097 characters', { text: 'ї'.repeat(4097) }, 'message is too long'],
    [
      '65 bytes of callback data',
      { text: 'a', reply_markup: inline({ text: 'b', callback_data: 'ї'.repeat(33) }) },
      'BUTTON_DATA_INVALID',
    ],
    [
      'empty callback data',
      { text: 'a', reply_markup: inline({ text: 'b', callback_data: '' }) },
      'BUTTON_DATA_INVALID',
    ],
    [
      'a link that is none',
      { text: 'a', reply_markup: inline({ text: 'b', url: 'javascript:1' }) },
      'BUTTON_URL_INVALID',
    ],
    [
      'an inline button that does nothing',
      { text: 'a', reply_markup: inline({ text: 'b' }) },
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      'a button without words',
      { text: 'a', reply_markup: { keyboard: [[{}]] } },
      'can\'t parse keyboard button: Can\'t find field "text"',
    ],
    [
      'markup that is not JSON',
      { text: 'a', reply_markup: '{' },
      "can't parse reply_markup JSON object",
    ],
    ['a thread that is not there', { text: 'a', message_thread_id: 9 }, 'message thread not found'],
    [
      'an answer to nothing',
      { text: 'a', reply_parameters: { message_id: 99_999 } },
      'message to be replied not found',
    ],
    [
      'HTML without an end',
      { text: '<b>a', parse_mode: 'HTML' },
      'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    ],
    [
      'HTML with an unknown tag',
      { text: 'її <x>', parse_mode: 'HTML' },
      'can\'t parse entities: Unsupported start tag "x" at byte offset 5',
    ],
  ])('says what is wrong with %s', async (_, body, reason) => {
    const answer = await send(body)
    expect(answer).toMatchObject({ ok: false, error_code: 400 })
    expect(answer.description).toBe(`Bad Request: ${reason}`)
  })

  it.each([
    ['sendDocument', { document: 'no-such-id' }, 'wrong file identifier/HTTP URL specified'],
    ['sendDocument', {}, 'there is no document in the request'],
    ['sendDocument', { document: 'the photo' }, "can't use file of type Photo as Document"],
    ['sendPhoto', { photo: 'the photo', caption: 'a'.repeat(1025) }, 'message caption is too long'],
    ['sendMediaGroup', { media: [{}] }, 'too few messages to send as an album'],
    ['sendMediaGroup', { media: Array(11).fill({}) }, 'too many messages to send as an album'],
    ['copyMessage', { from_chat_id: 5 }, 'chat not found'],
    ['sendChatAction', { action: 'dancing' }, 'wrong parameter action in request'],
    ['setMyCommands', { commands: [{ command: 'Start' }] }, 'BOT_COMMAND_INVALID'],
    ['createForumTopic', { name: 'Заявка' }, 'the chat is not a forum'],
    ['getFile', { file_id: 'none' }, 'invalid file_id'],
    ['setWebhook', { url: 'ftp://a' }, 'bad webhook: An HTTPS URL must be provided for webhook'],
  ])('of %s with %j names the reason', async (method, body, reason) => {
    // the table is written before the photo is sent
    const known = 'document' in body && body.document === 'the photo' ? { document: photoId } : {}
    const answer = await callTelegram(simulator, method, { chat_id: olena.id, ...body, ...known })
    expect(answer.description).toBe(`Bad Request: ${reason}`)
  })

  it('of files says when they are empty or not pictures', async () => {
    const upload = async (method: string, field: string, bytes: string) => {
      const form = new FormData()
      form.set('chat_id', String(olena.id))
      form.set(field, new Blob([bytes]), 'a.bin')
      const url = `${simulator.telegramApiRoot}/bot${TELEGRAM_TOKEN}/${method}`
      const response = await fetch(url, { method: 'POST', body: form })
      return ((await response.json()) as { description: string }).description
    }
    expect(await upload('sendDocument', 'document', '')).toMatch('file must be non-empty')
    expect(await upload('sendPhoto', 'photo', 'not a picture')).toMatch('IMAGE_PROCESS_FAILED')
  })
})

describe('a refused edit', () => {
  it('tells a message that stays the same from one that changes', async () => {
    const edit = { chat_id: olena.id, message_id: own, text: ' Текст ' }
    expect((await callTelegram(simulator, 'editMessageText', edit)).description).toBe(
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    )
    const markup = inline({ text: 'Так', callback_data: 'y' })
    const change = { ...edit, reply_markup: markup }
    expect((await callTelegram(simulator, 'editMessageText', change)).ok).toBe(true)
    const same = { chat_id: olena.id, message_id: own, reply_markup: markup }
    expect((await callTelegram(simulator, 'editMessageReplyMarkup', same)).description).toMatch(
      'message is not modified',
    )
  })

  it('knows what is there to edit or delete', async () => {
    const theirs = olena.sendText('моє')
    const edit = async (method: string, message_id: number, more = {}) =>
      (await callTelegram(simulator, method, { chat_id: olena.id, message_id, ...more }))
        .description
    const text = { text: 'інше' }
    expect(await edit('editMessageText', 99_999, text)).toBe(
      'Bad Request: message to edit not found',
    )
    expect(await edit('editMessageText', theirs, text)).toBe("Bad Request: message can't be edited")
    expect(await edit('editMessageText', photo, text)).toBe(
      'Bad Request: there is no text in the message to edit',
    )
    expect(await edit('editMessageCaption', own, { caption: 'a' })).toBe(
      'Bad Request: there is no caption in the message to edit',
    )
    expect(await edit('deleteMessage', 99_999)).toBe('Bad Request: message to delete not found')
    expect(await edit('copyMessage', 99_999, { from_chat_id: olena.id })).toBe(
      'Bad Request: message to copy not found',
    )
  })
})

describe('a refused answer to a tap', () => {
  it('is given to unknown queries, long texts and late answers', async () => {
    let now = new Date('2026-11-01T10:00:00Z')
    const late = await startTestSimulator({ now: () => now })
    const ira = late.telegram.person({ firstName: 'Іра' })
    const body = {
      chat_id: ira.id,
      text: 'a',
      reply_markup: inline({ text: 'b', callback_data: 'c' }),
    }
    await callTelegram(late, 'sendMessage', body)
    const callback_query_id = ira.tapInline('b')
    const answer = async (more: object) =>
      (await callTelegram(late, 'answerCallbackQuery', { callback_query_id, ...more })).description
    const tooOld =
      'Bad Request: query is too old and response timeout expired or query ID is invalid'
    expect(await answer({ callback_query_id: '1' })).toBe(tooOld)
    expect(await answer({ text: 'a'.repeat(201) })).toBe('Bad Request: MESSAGE_TOO_LONG')
    expect(await answer({})).toBeUndefined()
    now = new Date('2026-11-01T10:02:00Z')
    expect(await answer({})).toBe(tooOld)
    await late.close()
  })
})

describe('a bot that may not write', () => {
  it.each([
    ['is blocked', (person: Person) => person.block(), 'Forbidden: bot was blocked by the user'],
    [
      'was never started',
      () => undefined,
      "Forbidden: bot can't initiate conversation with a user",
    ],
  ])('is told that it %s', async (name, prepare, description) => {
    const person = simulator.telegram.person({
      firstName: 'Іра',
      hasStarted: name === 'is blocked',
    })
    prepare(person)
    expect(await send({ chat_id: person.id, text: 'a' })).toMatchObject({
      error_code: 403,
      description,
    })
    if (name === 'is blocked') person.unblock()
    else person.pressStart()
    expect((await send({ chat_id: person.id, text: 'a' })).ok).toBe(true)
  })

  it('is not told the token from the method', async () => {
    const status = async (path: string) => (await fetch(`${simulator.url}${path}`)).status
    expect(await status('/bot1:wrong/getMe')).toBe(401)
    expect(await status(`/bot${TELEGRAM_TOKEN}/sendDice`)).toBe(404)
    expect(await status(`/bot${TELEGRAM_TOKEN}/GETME`)).toBe(200)
    expect(await status(`/file/bot${TELEGRAM_TOKEN}/documents/f999`)).toBe(404)
  })

  it('obeys the real budgets when they are on', async () => {
    const now = new Date('2026-11-01T10:00:00Z')
    const strict = await startTestSimulator({ now: () => now })
    strict.setBudgets(true)
    const ira = strict.telegram.person({ firstName: 'Іра' })
    const codes = []
    for (let count = 0; count < 5; count += 1)
      codes.push(
        (await callTelegram(strict, 'sendMessage', { chat_id: ira.id, text: 'a' })).error_code,
      )
    expect(codes).toEqual([undefined, undefined, undefined, 429, 429])
    now.setSeconds(1)
    const answer = await callTelegram(strict, 'sendMessage', { chat_id: ira.id, text: 'a' })
    expect(answer.ok).toBe(true)
    const people = Array.from({ length: 40 }, () => strict.telegram.person({ firstName: 'Х' }))
    const answers = []
    for (const { id } of people)
      answers.push(await callTelegram(strict, 'sendMessage', { chat_id: id, text: 'a' }))
    expect(answers.filter(({ ok }) => ok).length).toBeLessThanOrEqual(30)
    expect(answers.at(-1)).toMatchObject({ error_code: 429, parameters: { retry_after: 1 } })
    await strict.close()
  })
})
