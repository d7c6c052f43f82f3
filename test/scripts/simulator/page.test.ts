import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { Bot, InlineKeyboard, InputFile, Keyboard } from 'grammy'
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { type Simulator } from '../../../scripts/simulator/simulator.ts'
import {
  callViber,
  type Hook,
  PNG,
  startHook,
  startTestSimulator,
  TELEGRAM_TOKEN,
} from './bot-stub.ts'

const BROWSER = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const hasBrowser = existsSync(BROWSER)
// a build server without a browser must fail, not pass quietly
const suite = hasBrowser || process.env['CI'] ? describe : describe.skip
if (!hasBrowser) console.warn(`The simulator's page is not tested: there is no ${BROWSER}.`)

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

suite('the page', () => {
  let profile: string
  let browser: BrowserContext
  let page: Page
  let simulator: Simulator
  let bot: Bot
  let hook: Hook
  /** What the page's own script threw. */
  const faults: string[] = []

  beforeAll(async () => {
    profile = await mkdtemp(path.join(tmpdir(), 'simulator-page-'))
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: BROWSER,
      args: FLAGS,
      viewport: { width: 1100, height: 900 },
    })
  })
  afterAll(async () => {
    await browser.close()
    await rm(profile, { recursive: true, force: true })
  })

  beforeEach(async () => {
    simulator = await startTestSimulator()
    bot = telegramBot(simulator)
    hook = await viberBot(simulator)
    void bot.start()
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(simulator.url)
  })
  afterEach(async () => {
    await page.close()
    await bot.stop()
    await simulator.close()
    await hook.close()
    if (faults.length > 0) throw new Error(faults.join('\n'))
  })

  const phone = (wire: string) => page.locator(`[data-phone=${wire}]`)
  const role = (place: Locator, name: string) => place.locator(`[data-role=${name}]`)
  const spoken = (place: Locator, by: string) => place.locator(`[data-message][data-by=${by}]`)

  it('lets a person talk to a Telegram bot by typing, tapping and sharing', async () => {
    const telegram = phone('telegram')
    await telegram.getByRole('button', { name: 'Розпочати' }).click()
    await telegram.getByText('Вітаємо, Олена').waitFor()

    await telegram.getByRole('button', { name: 'Рахунок', exact: true }).click()
    const bill = role(telegram, 'file')
    await bill.waitFor()
    const opened = await page.request.get((await bill.getAttribute('href')) ?? '')
    expect(opened.headers()['content-type']).toBe('application/pdf')
    expect(await bill.textContent()).toContain('Рахунок за жовтень.pdf')

    await telegram.getByRole('button', { name: 'Докладно' }).click()
    await telegram.getByText('Вода: 412,30').waitFor()
    await role(telegram, 'notice').getByText('Показано розрахунок').waitFor()

    await telegram.getByRole('textbox', { name: 'Повідомлення' }).fill('<b>привіт</b>')
    await page.keyboard.press('Enter')
    await telegram.getByText('Почуто: <b>привіт</b>').waitFor()

    await telegram.getByRole('button', { name: 'Поділитися своїм контактом' }).click()
    await telegram.getByText('Дякуємо, 380').waitFor()
    const file = { name: 'meter.png', mimeType: 'image/png', buffer: PNG }
    await role(telegram, 'photo').setInputFiles(file)
    await telegram.getByText('Фото отримано').waitFor()
    await spoken(telegram, 'person').locator('img').waitFor()

    await telegram.getByRole('button', { name: 'Команди' }).click()
    await telegram.getByRole('button', { name: '/help' }).click()
    await telegram.getByText('Почуто: /help').waitFor()
  })

  it('lets a person talk to a Viber bot with its keyboard', async () => {
    const viber = phone('viber')
    await viber.getByRole('button', { name: 'Відкрити чат' }).click()
    await viber.getByText('Вітаємо у Viber').waitFor()
    await viber.getByRole('button', { name: 'Рахунок' }).click()
    await viber.getByText('Почуто: token-1').waitFor()
    expect(await spoken(viber, 'person').count()).toBe(0)
    await viber.getByRole('textbox', { name: 'Повідомлення' }).fill('привіт')
    await role(viber, 'send').click()
    await viber.getByText('Почуто: привіт').waitFor()
    await viber.getByText('переглянуто').last().waitFor()
  })

  it('keeps its people when it is opened again and takes new ones', async () => {
    const telegram = phone('telegram')
    await role(telegram, 'start').click()
    await telegram.getByText('Вітаємо, Олена').waitFor()
    await page.reload()
    await telegram.getByText('Вітаємо, Олена').waitFor()

    await telegram.getByText('Людина з цим телефоном').click()
    await telegram.getByLabel('Ім’я').fill('Степан')
    await telegram.getByLabel('Прийшла за посиланням').fill('bill-7')
    await role(telegram, 'new-person').click()
    await role(telegram, 'start').click()
    await telegram.getByText('Вітаємо, Степан bill-7').waitFor()
    expect(await telegram.getByText('Олена').count()).toBe(0)

    await telegram.getByRole('button', { name: 'Заблокувати бота' }).click()
    await telegram.getByRole('button', { name: 'Розблокувати бота' }).waitFor()
    expect(simulator.telegram.find(1_000_002)?.hasBlocked()).toBe(true)
  })

  it('sets faults by percents', async () => {
    await page.getByText('Збої мережі').click()
    const form = page.locator('[data-faults=viber]')
    await form.getByLabel('Забагато запитів').fill('25')
    await form.getByRole('button', { name: 'Застосувати' }).click()
    await form.getByText('Застосовано').waitFor()
    expect(simulator.faults.rates('viber')).toMatchObject({ rate429: 0.25, rate5xx: 0 })
  })
})

function telegramBot({ telegramApiRoot }: Simulator): Bot {
  const bot = new Bot(TELEGRAM_TOKEN, { client: { apiRoot: telegramApiRoot } })
  bot.command('start', async (ctx) => {
    await ctx.api.setMyCommands([{ command: 'help', description: 'Допомога' }])
    await ctx.reply(`Вітаємо, ${ctx.from?.first_name} ${ctx.match}`, {
      reply_markup: new Keyboard().text('Рахунок'),
    })
  })
  bot.hears('Рахунок', (ctx) =>
    ctx.replyWithDocument(new InputFile(Buffer.from('%PDF-1.7'), 'Рахунок за жовтень.pdf'), {
      reply_markup: new InlineKeyboard().text('Докладно', 'why'),
    }),
  )
  bot.callbackQuery('why', async (ctx) => {
    await ctx.reply('Вода: 412,30')
    await ctx.answerCallbackQuery('Показано розрахунок')
  })
  bot.on('message:contact', (ctx) => ctx.reply(`Дякуємо, ${ctx.message.contact.phone_number}`))
  bot.on('message:photo', (ctx) => ctx.reply('Фото отримано'))
  bot.on('message:text', (ctx) => ctx.reply(`Почуто: ${ctx.message.text}`))
  return bot
}

async function viberBot(simulator: Simulator): Promise<Hook> {
  const sender = { name: 'Оселя' }
  const buttons = [{ Text: 'Рахунок', ActionBody: 'token-1', Silent: true }]
  const keyboard = { Type: 'keyboard', Buttons: buttons }
  const hook = await startHook(async ({ json }) => {
    if (json['event'] === 'conversation_started')
      return { body: { sender, type: 'text', text: 'Вітаємо у Viber', keyboard } }
    if (json['event'] !== 'message') return {}
    const { sender: person, message } = json as {
      sender: { id: string }
      message: { text: string }
    }
    const text = `Почуто: ${message.text}`
    await callViber(simulator, 'send_message', { receiver: person.id, sender, type: 'text', text })
    return {}
  })
  await callViber(simulator, 'set_webhook', { url: hook.url })
  return hook
}
