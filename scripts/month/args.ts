import { parseArgs } from 'node:util'
import { z } from 'zod'
import { period, plainDate } from '../../core/period.ts'
import { parseDecimal, rate } from '../../core/quantity.ts'

export const USAGE = `npm run -s month -- list    --provider CODE                              months of a provider
npm run -s month -- charge-here --provider CODE --from 2026-11           charged here from this month on
npm run -s month -- draft   --provider CODE --month 2026-10              charges the month: a draft
npm run -s month -- work    --run ID                                     goes on with a run, or helps it
npm run -s month -- check   --provider CODE --month 2026-10 [--leave-out]
npm run -s month -- compare --provider CODE --month 2026-10 [--limit N]  against the month before
npm run -s month -- compare --run ID [--limit N]                         a trial against what was booked
npm run -s month -- issue   --provider CODE --month 2026-10              issues up to this month: final
npm run -s month -- close   --provider CODE --month 2026-10
npm run -s month -- trial   --provider CODE --month 2026-10 --tariff SERVICE[/ZONE]=PRICE …
                            [--from 2026-10-01] [--limit N]              what would it have cost
npm run -s month -- explain --provider CODE --month 2026-10 --account NUMBER [--service CODE]
npm run -s month -- runs    --provider CODE [--limit N]                  drafts and trials
with --json everything is JSON; zones: 1 day, 2 night, 3 peak, 4 semi-peak
`

const LIMIT_MAX = 1000
const LIMIT = 20
const ZONE_MAX = 4

const json = z.boolean()
const provider = z.string().min(1)
const month = z
  .string()
  .regex(/^\d{4}-\d{2}$/)
  .transform((text) => period(Number(text.replace('-', ''))))
const number = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)
const limit = number.pipe(z.int().min(1).max(LIMIT_MAX)).default(LIMIT)
const tariff = z.string().transform((text, issue) => {
  const [, service, zone, decimal = ''] = /^([^/=]+)(?:\/(\d))?=([\d.,]+)$/.exec(text) ?? []
  const price = parseDecimal(decimal)
  if (service !== undefined && price !== null && Number(zone ?? 0) <= ZONE_MAX)
    return { service, zone: Number(zone ?? 0), price: rate(price) }
  issue.addIssue({ code: 'custom', message: 'not a price' })
  return z.NEVER
})
const ofMonth = { json, provider, month }

const Asked = z.union([
  z.strictObject({ command: z.literal('list'), json, provider }),
  z.strictObject({ command: z.literal('charge-here'), json, provider, from: month }),
  z.strictObject({ command: z.literal('draft'), ...ofMonth }),
  z.strictObject({ command: z.literal('work'), json, run: number }),
  z.strictObject({
    command: z.literal('check'),
    ...ofMonth,
    'leave-out': z.boolean().default(false),
  }),
  z.strictObject({ command: z.literal('compare'), ...ofMonth, limit }),
  z.strictObject({ command: z.literal('compare'), json, run: number, limit }),
  z.strictObject({ command: z.literal('issue'), ...ofMonth }),
  z.strictObject({ command: z.literal('close'), ...ofMonth }),
  z.strictObject({
    command: z.literal('trial'),
    ...ofMonth,
    tariff: z.array(tariff).min(1),
    from: z.string().transform(plainDate).optional(),
    limit,
  }),
  z.strictObject({
    command: z.literal('explain'),
    ...ofMonth,
    account: z.string().min(1),
    service: z.string().min(1).optional(),
  }),
  z.strictObject({ command: z.literal('runs'), json, provider, limit }),
])

/** What was asked for. */
export type Asked = z.output<typeof Asked>
/** What one command is asked with. */
export type AskedOf<C extends Asked['command']> = Extract<Asked, { command: C }>

/** The arguments of the command line, or null when they are none of these. */
export function readArgs(argv: readonly string[]): Asked | null {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        provider: { type: 'string' },
        month: { type: 'string' },
        run: { type: 'string' },
        limit: { type: 'string' },
        'leave-out': { type: 'boolean' },
        tariff: { type: 'string', multiple: true },
        from: { type: 'string' },
        account: { type: 'string' },
        service: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const [command, ...more] = positionals
    if (more.length > 0) return null
    return Asked.safeParse({ ...values, command }).data ?? null
  } catch {
    // parseArgs throws for a flag it does not know, the others for what is no month or day.
    return null
  }
}
