import { parseArgs } from 'node:util'
import { readMonths } from '../core/billing/read-months.ts'
import { type Context } from '../core/context.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'
import { issueAndTell } from '../core/notices/issue-and-tell.ts'
import { period, type Period } from '../core/period.ts'

const USAGE = `npm run -s month -- list --provider CODE [--json]                     months of a provider
npm run -s month -- issue --provider CODE --month 2026-10 [--json]    issues up to this month: final
`
const DONE = 0
const REFUSED = 1
const WRONG_USAGE = 2

type Asked =
  | { command: 'list'; provider: string; json: boolean }
  | { command: 'issue'; provider: string; json: boolean; month: Period }

/**
 * Shows a provider's months, or issues them and tells linked consumers that the bill is ready. Gives 0,
 * 1 when it is refused, 2 for arguments it does not know.
 */
export async function runMonth(
  ctx: Context,
  argv: readonly string[],
  io: ControlOutput,
): Promise<number> {
  const asked = readArgs(argv)
  if (!asked) {
    io.err(USAGE)
    return WRONG_USAGE
  }
  const result = asked.command === 'list' ? await list(ctx, asked) : await issue(ctx, asked)
  if (!result.ok) {
    io.err(asked.json ? `${JSON.stringify({ code: result.code })}\n` : `${result.code}\n`)
    return REFUSED
  }
  io.out(asked.json ? `${JSON.stringify(result.value)}\n` : result.words)
  return DONE
}

async function list(ctx: Context, { provider }: Asked) {
  const months = await readMonths(ctx, provider)
  if (!months.ok) return months
  const lines = months.value.map(({ issuedAt, month, state }) => {
    const since = issuedAt ? ` since ${issuedAt.toISOString()}` : ''
    return `${shown(month)} ${state}${since}\n`
  })
  return { ...months, words: lines.join('') || 'no months yet\n' }
}

async function issue(ctx: Context, { month, provider }: Extract<Asked, { command: 'issue' }>) {
  const issued = await issueAndTell(ctx, { providerCode: provider, month })
  if (!issued.ok) return issued
  const { months, told } = issued.value
  const words =
    months.length === 0
      ? `${shown(month)} was issued before\n`
      : `issued ${months.map(shown).join(', ')}; told ${told}\n`
  return { ...issued, words }
}

function readArgs(argv: readonly string[]): Asked | null {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        provider: { type: 'string' },
        month: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const [command, ...more] = positionals
    const { json, month, provider } = values
    if (!provider || more.length > 0) return null
    if (command === 'list' && month === undefined) return { command, provider, json }
    if (command === 'issue' && month) return { command, provider, json, month: readMonth(month) }
    return null
  } catch {
    // parseArgs throws for a flag it does not know, readMonth for what is no month.
    return null
  }
}

function readMonth(text: string): Period {
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(text) ?? []
  return period(Number(`${year}${month}`))
}

function shown(month: Period): string {
  return `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`
}
