import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { type Config } from '../config.ts'
import { type Town } from '../core/context.ts'
import { loadLorien } from './demo/lorien/load.ts'
import { loadDemoTown } from './demo-town.ts'
import { startSimulator } from './simulator/simulator.ts'

/** A restarted simulator counts on by the clock: the town remembers the numbers it has seen. */
const NUMBERED_SINCE = Date.UTC(2026, 0, 1)

export type Demo = {
  /** The same settings with both messengers simulated. */
  configure: (config: Config) => Config
  /** Says where the page, the API and its document are. */
  present: (url: string) => void
  close: () => Promise<void>
}

type DemoTown = {
  load: (town: Town, log: (line: string) => void) => Promise<boolean>
  /** What a newcomer can link with; invented, like the whole town. */
  hints: string[]
}

const ISENGARD = path.join(import.meta.dirname, 'demo', 'isengard')
const TOWNS: Record<Town['country'], DemoTown> = {
  ua: {
    load: (town, log) => loadDemoTown(town, ISENGARD, log),
    hints: [
      'Рахунок 101 · лічильник води 032264',
      'Рахунок 101 · оплата: 200,20 12.10.2026',
      'Показання одним рядком: «101 73»',
    ],
  },
  by: {
    load: loadLorien,
    hints: [
      'Лицевой счёт 1001 · счётчик воды ХВ-100150',
      'Лицевой счёт 1001 · оплата: 13,69 17.10.2026',
      'Показание одной строкой: «1001 351»',
    ],
  },
}

/**
 * A town to try without any token: invented data, imported like any provider's, and both messengers
 * simulated on this machine, for the first free port after ours.
 */
export async function openDemo(town: Town, port: number): Promise<Demo> {
  const { hints, load } = TOWNS[town.country]
  await load(town, (words) => process.stdout.write(`${words}\n`))
  const secret = () => randomBytes(24).toString('base64url')
  const telegramToken = `1:${secret()}`
  const viberToken = secret()
  const simulator = await startSimulator({
    port,
    telegramToken,
    viberToken,
    firstNumber: Math.floor((Date.now() - NUMBERED_SINCE) / 1000),
    hints,
  })
  return {
    configure: (config) => ({
      ...config,
      telegram: { token: telegramToken, apiRoot: simulator.telegramApiRoot },
      viber: { token: viberToken, apiUrl: simulator.viberApiUrl },
    }),
    present: (url) => {
      const lines = [
        '',
        `  Two phones to try it with   ${simulator.url}`,
        `  API document                ${url}/docs`,
        `  Health                      ${url}/health`,
        '',
        ...hints.map((hint) => `  ${hint}`),
        '',
      ]
      process.stdout.write(`${lines.join('\n')}\n`)
    },
    close: simulator.close,
  }
}
