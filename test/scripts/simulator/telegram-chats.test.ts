import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Simulator } from '../../../scripts/simulator/simulator.ts'
import { callTelegram, PNG, startHook, startTestSimulator, TELEGRAM_TOKEN } from './bot-stub.ts'

let simulator: Simulator
beforeEach(async () => {
  simulator = await startTestSimulator()
})
afterEach(() => simulator.close())

async function updates(): Promise<Record<string, unknown>[]> {
  const { result } = await callTelegram(simulator, 'getUpdates')
  return result as unknown as Record<string, unknown>[]
}

describe('a group', () => {
  it('carries its members to the bot and the bot to all of them', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const taras = simulator.telegram.person({ firstName: 'Тарас' })
    const house = simulator.telegram.group({ title: 'Будинок 5', members: [olena, taras] })
    house.as(olena).sendText('/start')
    expect(await updates()).toMatchObject([
      {
        message: {
          chat: { id: house.id, type: 'group', title: 'Будинок 5' },
          from: { id: olena.id },
          entities: [{ type: 'bot_command', offset: 0, length: 6 }],
        },
      },
    ])
    await callTelegram(simulator, 'sendMessage', { chat_id: house.id, text: 'Пишіть приватно' })
    expect(house.as(taras).messages()).toMatchObject([{ text: 'Пишіть приватно' }])
    expect(olena.messages()).toEqual([])
    const member = { chat_id: house.id, user_id: taras.id }
    expect((await callTelegram(simulator, 'getChatMember', member)).result).toMatchObject({
      status: 'member',
    })
  })

  it('that became a supergroup refuses and names its new id', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const old = simulator.telegram.group({ title: 'Будинок 5', members: [olena] })
    const next = old.migrate()
    expect(await callTelegram(simulator, 'sendMessage', { chat_id: old.id, text: 'a' })).toEqual({
      ok: false,
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: next.id },
    })
    expect((await callTelegram(simulator, 'sendMessage', { chat_id: next.id, text: 'a' })).ok).toBe(
      true,
    )
    expect(await updates()).toMatchObject([
      { message: { migrate_to_chat_id: next.id } },
      { message: { migrate_from_chat_id: old.id } },
    ])
    next.kickBot()
    expect(
      await callTelegram(simulator, 'sendMessage', { chat_id: next.id, text: 'a' }),
    ).toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was kicked from the supergroup chat',
    })
  })

  it('with topics keeps messages in threads', async () => {
    const ivan = simulator.telegram.person({ firstName: 'Іван' })
    const crews = simulator.telegram.group({ title: 'Бригади', members: [ivan], isForum: true })
    const chat_id = crews.id
    const { result } = await callTelegram(simulator, 'createForumTopic', {
      chat_id,
      name: 'Заявка 7',
    })
    const { message_thread_id } = result
    await callTelegram(simulator, 'sendMessage', { chat_id, message_thread_id, text: 'Прорив' })
    expect(crews.as(ivan).messages().at(-1)).toMatchObject({
      text: 'Прорив',
      topic: message_thread_id,
    })
    crews.as(ivan, { topic: message_thread_id }).sendText('Їду')
    expect((await updates()).at(-1)).toMatchObject({
      message: { message_thread_id, is_topic_message: true, text: 'Їду' },
    })
    const topic = { chat_id, message_thread_id }
    const call = async (method: string, more = {}) =>
      (await callTelegram(simulator, method, { ...topic, ...more })).description
    expect(await call('editForumTopic', { name: 'Заявка 7: в роботі' })).toBeUndefined()
    expect(await call('closeForumTopic')).toBeUndefined()
    expect(await call('closeForumTopic')).toBe('Bad Request: TOPIC_NOT_MODIFIED')
    expect(await call('reopenForumTopic')).toBeUndefined()
    expect(await call('closeForumTopic', { message_thread_id: 99_999 })).toBe(
      'Bad Request: message thread not found',
    )
  })
})

describe('a private chat', () => {
  it('tells the bot of blocking and unblocking', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    olena.block()
    expect(() => olena.sendText('привіт')).toThrow('has blocked the bot')
    olena.unblock()
    expect(await updates()).toMatchObject([
      { my_chat_member: { new_chat_member: { status: 'kicked' } } },
      {
        my_chat_member: {
          old_chat_member: { status: 'kicked' },
          new_chat_member: { status: 'member' },
        },
      },
    ])
  })

  it('keeps the commands, the menu button and pinned, copied, forwarded and deleted messages', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const chat_id = olena.id
    const commands = [{ command: 'menu', description: 'Меню' }]
    await callTelegram(simulator, 'setMyCommands', { commands: JSON.stringify(commands) })
    expect((await callTelegram(simulator, 'getMyCommands')).result).toEqual(commands)
    expect(simulator.telegram.commands('uk')).toEqual(commands)
    const menu_button = { type: 'commands' }
    expect((await callTelegram(simulator, 'setChatMenuButton', { menu_button })).ok).toBe(true)
    expect((await callTelegram(simulator, 'getChat', { chat_id })).result).toMatchObject({
      first_name: 'Олена',
    })

    const sent = await callTelegram(simulator, 'sendMessage', { chat_id, text: 'Рахунок' })
    const source = { chat_id, from_chat_id: chat_id, message_id: sent.result.message_id }
    await callTelegram(simulator, 'pinChatMessage', source)
    await callTelegram(simulator, 'copyMessage', source)
    await callTelegram(simulator, 'forwardMessage', source)
    await callTelegram(simulator, 'deleteMessage', source)
    expect(olena.messages().map(({ text, service }) => service ?? text)).toEqual([
      'Закріплено повідомлення',
      'Рахунок',
      'Рахунок',
    ])
  })

  it('shows what HTML says and hides its marks', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const text = '\n <b>Борг</b>: 5 &lt; 7 &amp; <a href="https://example.com">оплатити</a> '
    await callTelegram(simulator, 'sendMessage', { chat_id: olena.id, text, parse_mode: 'HTML' })
    expect(await olena.nextReply()).toMatchObject({
      text: 'Борг: 5 < 7 & оплатити',
      entities: [
        { type: 'bold', offset: 0, length: 4 },
        { type: 'text_link', offset: 14, length: 8, url: 'https://example.com' },
      ],
    })
  })

  it('takes a file by URL', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const site = await startHook(() => ({ body: { from: 'the site' } }))
    const body = { chat_id: olena.id, document: site.url.replace('hook', 'звіт.json') }
    expect((await callTelegram(simulator, 'sendDocument', body)).ok).toBe(true)
    expect(olena.messages()[0]?.file).toMatchObject({ name: 'звіт.json', sizeBytes: 19 })
    await site.close()
    expect((await callTelegram(simulator, 'sendDocument', body)).description).toBe(
      'Bad Request: failed to get HTTP URL content',
    )
  })

  it('takes a raw file name as Telegram does: unquoted, in UTF-8, up to a semicolon', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const body = [
      '--b1',
      'content-disposition:form-data;name="chat_id"',
      '',
      String(olena.id),
      '--b1',
      'Content-Disposition: form-data; name=document; filename= Довідка «ЖКП».pdf ;x=1',
      '',
      'PDF\r\n--b not the end',
      '--b1--',
      '',
    ].join('\r\n')
    const response = await fetch(`${simulator.telegramApiRoot}/bot${TELEGRAM_TOKEN}/sendDocument`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b1' },
      body,
    })
    expect(response.status).toBe(200)
    const [message] = olena.messages()
    expect(message?.file?.name).toBe('Довідка «ЖКП».pdf')
    expect(message?.file?.read().toString()).toBe('PDF\r\n--b not the end')
  })

  it('takes parameters from the query and from a form', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    const root = `${simulator.telegramApiRoot}/bot${TELEGRAM_TOKEN}`
    await fetch(`${root}/sendmessage?chat_id=${olena.id}&text=GET`)
    const form = new URLSearchParams({ chat_id: String(olena.id), text: 'форма' })
    await fetch(`${root}/SendMessage`, { method: 'POST', body: form })
    expect(olena.messages().map(({ text }) => text)).toEqual(['GET', 'форма'])
  })

  it('carries photos, documents and places to the bot', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    olena.sendPhoto(PNG, 'лічильник')
    olena.sendDocument('скан.pdf', Buffer.from('%PDF'))
    olena.shareLocation(50.45, 30.52)
    expect(await updates()).toMatchObject([
      { message: { caption: 'лічильник', photo: [{}, { width: 1, height: 1 }] } },
      { message: { document: { file_name: 'скан.pdf', mime_type: 'application/pdf' } } },
      { message: { location: { latitude: 50.45 } } },
    ])
  })

  it('remembers a thousand messages', async () => {
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    for (let count = 1; count <= 1_010; count += 1) olena.sendText(String(count))
    expect(olena.history()).toHaveLength(1_000)
    expect(olena.history()[0]?.text).toBe('11')
  })
})
