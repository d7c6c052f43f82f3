import { existsSync } from 'node:fs'
import { z } from 'zod'

const blankIsAbsent = (value: unknown) => (value === '' ? undefined : value)
const text = z.preprocess(blankIsAbsent, z.string().optional())

const Environment = z.object({
  DATABASE_URL: text,
  DATA_DIR: z.preprocess(blankIsAbsent, z.string().default('data')),
  TOWN_SCHEMA: z.preprocess(blankIsAbsent, z.string().default('town')),
  TOWN_NAME: text,
  TOWN_COUNTRY: z.preprocess(blankIsAbsent, z.enum(['ua', 'by']).default('ua')),
  TOWN_ZONE: text,
  HOST: z.preprocess(blankIsAbsent, z.string().default('127.0.0.1')),
  PORT: z.preprocess(blankIsAbsent, z.coerce.number().int().min(0).max(65_535).default(8080)),
  PUBLIC_URL: z.preprocess(blankIsAbsent, z.url().optional()),
  TELEGRAM_TOKEN: text,
  TELEGRAM_API_ROOT: z.preprocess(blankIsAbsent, z.url().optional()),
  VIBER_TOKEN: text,
  VIBER_API_URL: z.preprocess(blankIsAbsent, z.url().optional()),
  LOG_LEVEL: z.preprocess(
    blankIsAbsent,
    z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ),
  BILL_QR: z.preprocess(blankIsAbsent, z.enum(['002', '003']).default('002')),
  WORKER_LANES: z.preprocess(blankIsAbsent, z.coerce.number().int().min(1).max(32).default(4)),
})

export type Config = {
  database: { schema: string; url: string | undefined; dataDir: string }
  town: { name: string; country: 'ua' | 'by'; zone: string; currency: string }
  http: { host: string; port: number; publicUrl: string | undefined }
  telegram: { token: string; apiRoot: string | undefined } | null
  viber: { token: string; apiUrl: string | undefined } | null
  /** Format of the payment code on bills. */
  billQr: '002' | '003'
  logLevel: string
  workerLanes: number
}

/** The process's environment with the lines of `.env` that it does not set itself. */
export function environment(): Record<string, string | undefined> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return process.env
}

/**
 * The settings of the process, checked. Throws an error that names each wrong variable, never its
 * value: it may be a secret.
 */
export function readConfig(given: Record<string, string | undefined>): Config {
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`wrong settings: ${names.join('; ')}`)
  }
  const env = parsed.data
  if (env.VIBER_TOKEN && !env.PUBLIC_URL)
    throw new Error(
      'wrong settings: VIBER_TOKEN needs PUBLIC_URL, Viber calls it with every message',
    )
  return {
    database: { schema: env.TOWN_SCHEMA, url: env.DATABASE_URL, dataDir: env.DATA_DIR },
    town: {
      name: env.TOWN_NAME ?? (env.TOWN_COUNTRY === 'by' ? 'Лориэн' : 'Ізенгард'),
      country: env.TOWN_COUNTRY,
      zone: env.TOWN_ZONE ?? (env.TOWN_COUNTRY === 'by' ? 'Europe/Minsk' : 'Europe/Kyiv'),
      currency: env.TOWN_COUNTRY === 'by' ? 'BYN' : 'UAH',
    },
    http: { host: env.HOST, port: env.PORT, publicUrl: env.PUBLIC_URL?.replace(/\/+$/, '') },
    telegram: env.TELEGRAM_TOKEN
      ? { token: env.TELEGRAM_TOKEN, apiRoot: env.TELEGRAM_API_ROOT }
      : null,
    viber: env.VIBER_TOKEN ? { token: env.VIBER_TOKEN, apiUrl: env.VIBER_API_URL } : null,
    billQr: env.BILL_QR,
    logLevel: env.LOG_LEVEL,
    workerLanes: env.WORKER_LANES,
  }
}
