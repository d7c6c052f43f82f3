import http from 'node:http'
import { type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Bot, GrammyError, InlineKeyboard, InputFile, Keyboard, webhookCallback } from 'grammy'
import { Telegraf } from 'telegraf'
import { type Simulator } from '../../../scripts/simulator/simulator.ts'
import { CREW_TOKEN, PNG, startTestSimulator, TELEGRAM_TOKEN } from './bot-stub.ts'

let simulator: Simulator
beforeEach(async () => {
  simulator = await startTestSimulator()
})
afterEach(() => simulator.close())

function grammyBot(): Bot {
  return new Bot(TELEGRAM_TOKEN, {
    client: { apiRoot: simulator.telegramApiRoot, timeoutSeconds: 15 },
  })
}

async function startPolling(bot: Bot): Promise<() => Promise<void>> {
  let running: Promise<void> = Promise.resolve()
  await new Promise<void>((resolve) => {
    running = bot.start({ onStart: () => resolve() })
  })
  return async () => {
    await bot.stop()
    await running
  }
}

describe('grammY over long polling', () => {
  it('answers commands, payloads, keyboards and shared contacts', async () => {
    const bot = grammyBot()
    bot.command('start', (ctx) =>
      ctx.reply(`Вітаємо, ${ctx.match || 'без запрошення'}`, {
        reply_markup: new Keyboard().requestContact('Мій номер').row().text('Допомога'),
      }),
    )
    bot.on('message:contact', (ctx) => {
      const { user_id: owner, phone_number: phone } = ctx.message.contact
      return ctx.reply(owner === ctx.from.id ? phone : 'чужий контакт')
    })
    bot.on('message:text', (ctx) => ctx.reply(`Ви сказали: ${ctx.message.text}`))
    const stop = await startPolling(bot)

    const olena = simulator.telegram.person({ firstName: 'Олена', phone: '380501112233' })
    olena.pressStart('bill-77')
    expect(await olena.nextReply()).toMatchObject({ text: 'Вітаємо, bill-77', by: 'bot' })
    expect(
      olena
        .keyboard()
        ?.flat()
        .map(({ text }) => text),
    ).toEqual(['Мій номер', 'Допомога'])

    olena.tapReply('Мій номер')
    expect((await olena.nextReply()).text).toBe('380501112233')
    olena.shareContact({ phone: '380999999999' })
    expect((await olena.nextReply()).text).toBe('чужий контакт')
    olena.tapReply('Допомога')
    expect((await olena.nextReply()).text).toBe('Ви сказали: Допомога')
    expect(() => olena.tapReply('Баланс')).toThrow('no "Баланс" on the keyboard')
    await stop()
  })

  it('edits under inline buttons and answers the tap', async () => {
    const bot = grammyBot()
    bot.command('start', (ctx) =>
      ctx.reply('Скільки?', {
        reply_markup: new InlineKeyboard().text('Один', 'n:1').url('Сайт', 'https://example.com'),
      }),
    )
    bot.callbackQuery('n:1', async (ctx) => {
      await ctx.editMessageText('Один')
      await ctx.answerCallbackQuery({ text: 'Записано', show_alert: true })
    })
    const stop = await startPolling(bot)

    const olena = simulator.telegram.person({ firstName: 'Олена' })
    olena.pressStart()
    const question = await olena.nextReply()
    expect(olena.tapInline('Сайт', question.id)).toBeNull()
    const query = olena.tapInline('Один')
    expect(await olena.nextReply()).toMatchObject({
      id: question.id,
      text: 'Один',
      isEdited: true,
      buttons: [],
    })
    expect(await olena.waitForAnswer(query)).toMatchObject({ text: 'Записано', alert: true })
    expect(olena.messages()).toHaveLength(1)
    await stop()
  })

  it('sends files with Cyrillic names, sends them again by file_id and downloads photos', async () => {
    const bot = grammyBot()
    const pdf = Buffer.from('%PDF-1.7 \r\n--not a boundary')
    bot.command('bill', async (ctx) => {
      const sent = await ctx.replyWithDocument(new InputFile(pdf, 'Рахунок за жовтень.pdf'), {
        caption: '<b>Жовтень</b> 2026',
        parse_mode: 'HTML',
      })
      await ctx.replyWithDocument(sent.document.file_id)
    })
    bot.on('message:photo', async (ctx) => {
      const { file_path: path, file_size: size } = await ctx.getFile()
      const root = `${simulator.telegramApiRoot}/file/bot${TELEGRAM_TOKEN}`
      const bytes = Buffer.from(await (await fetch(`${root}/${path}`)).arrayBuffer())
      await ctx.reply(`${size} ${bytes.equals(PNG)}`)
    })
    const stop = await startPolling(bot)

    const olena = simulator.telegram.person({ firstName: 'Олена' })
    olena.sendText('/bill')
    const [first, second] = await olena.waitForMessages(2)
    expect(first).toMatchObject({
      text: 'Жовтень 2026',
      entities: [{ type: 'bold', offset: 0, length: 7 }],
      file: { kind: 'document', name: 'Рахунок за жовтень.pdf', mime: 'application/pdf' },
    })
    expect(first?.file?.read().equals(pdf)).toBe(true)
    expect(second?.file?.url).toBe(first?.file?.url)
    const opened = await fetch(first?.file?.url ?? '')
    expect(opened.headers.get('content-type')).toBe('application/pdf')
    expect(Buffer.from(await opened.arrayBuffer()).equals(pdf)).toBe(true)

    olena.sendPhoto(PNG)
    expect((await olena.waitForMessages(3)).at(-1)?.text).toBe(`${PNG.length} true`)
    await stop()
  })

  it('gets refusals as GrammyError with their parameters', async () => {
    const bot = grammyBot()
    const olena = simulator.telegram.person({ firstName: 'Олена' })
    simulator.faults.next('telegram', 'too-many', { retryAfter: 7 })
    const refusal: unknown = await bot.api.sendMessage(olena.id, 'Привіт').catch((error) => error)
    expect(refusal).toBeInstanceOf(GrammyError)
    expect(refusal).toMatchObject({
      error_code: 429,
      description: 'Too Many Requests: retry after 7',
      parameters: { retry_after: 7 },
    })
    await bot.api.sendMediaGroup(olena.id, [
      { type: 'photo', media: new InputFile(PNG, 'a.png'), caption: 'до' },
      { type: 'photo', media: new InputFile(PNG, 'b.png') },
    ])
    const album = olena.messages()
    expect(album).toHaveLength(2)
    expect(album[0]).toMatchObject({ text: 'до', file: { kind: 'photo' }, album: album[1]?.album })
  })
})

describe('grammY over a webhook', () => {
  it('takes updates through webhookCallback with the secret and in order', async () => {
    const bot = grammyBot()
    bot.on('message:text', (ctx) => ctx.reply(ctx.message.text.toUpperCase()))
    const handle = webhookCallback(bot, 'http', { secretToken: 'secret_1' })
    const server = http.createServer((req, res) => void handle(req, res))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await bot.api.setWebhook(`http://127.0.0.1:${port}/`, { secret_token: 'secret_1' })

    const olena = simulator.telegram.person({ firstName: 'Олена' })
    for (const word of ['один', 'два', 'три']) olena.sendText(word)
    const replies = await olena.waitForMessages(3)
    expect(replies.map(({ text }) => text)).toEqual(['ОДИН', 'ДВА', 'ТРИ'])
    await simulator.telegram.idle()
    expect(simulator.telegram.webhookInfo()).toMatchObject({ pending_update_count: 0 })
    server.closeAllConnections()
    server.close()
  })
})

describe('telegraf', () => {
  it('handles updates, sends messages and a Buffer as a document in the crew bot', async () => {
    const tf = new Telegraf(CREW_TOKEN, {
      telegram: { apiRoot: `${simulator.telegramApiRoot}/`, webhookReply: false },
    })
    tf.command('today', async (ctx) => {
      await ctx.reply('Заявка 12', {
        reply_markup: { inline_keyboard: [[{ text: 'Прийняти', callback_data: 'take:12' }]] },
      })
      const source = Buffer.from('%PDF-1.7')
      await ctx.replyWithDocument({ source, filename: 'Наряд 12.pdf' }, { caption: 'Наряд' })
    })
    tf.action(/take:(\d+)/, async (ctx) => {
      await ctx.answerCbQuery('Прийнято')
      await ctx.editMessageText(`Заявка ${ctx.match[1]}: в роботі`)
    })
    const root = `${simulator.telegramApiRoot}/bot${CREW_TOKEN}`
    let offset = 0
    const handleUpdates = async () => {
      const response = await fetch(`${root}/getUpdates?offset=${offset}&timeout=1`)
      const { result } = (await response.json()) as { result: { update_id: number }[] }
      for (const update of result) {
        offset = update.update_id + 1
        await tf.handleUpdate(update as Parameters<typeof tf.handleUpdate>[0])
      }
    }

    const crew = simulator.crew
    const ivan = crew?.person({ firstName: 'Іван' })
    ivan?.sendText('/today')
    await handleUpdates()
    const [task, order] = (await ivan?.waitForMessages(2)) ?? []
    expect(order?.file).toMatchObject({ name: 'Наряд 12.pdf', sizeBytes: 8 })
    const query = ivan?.tapInline('Прийняти', task?.id) ?? null
    await handleUpdates()
    expect(await ivan?.waitForAnswer(query)).toMatchObject({ text: 'Прийнято' })
    expect(ivan?.messages()[0]?.text).toBe('Заявка 12: в роботі')
    expect(simulator.telegram.find(ivan?.id ?? 0)).toBeUndefined()
  })
})
