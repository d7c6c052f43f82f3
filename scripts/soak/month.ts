import { parseArgs } from 'node:util'
import { type MonthReport, surviveMonths } from './month/survive-month.ts'

/**
 * Charges months with workers that are killed again and again: on PostgreSQL two at once, on the
 * embedded database one. Gives 0 when every month came out as in an undisturbed town and was never
 * seen in part, else 1 and leaves the town to look at.
 */
export async function soakMonth(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '50' },
      accounts: { type: 'string', default: '3000' },
    },
  })
  const kills = Number(values.kills)
  const common = { seed: Number(values.seed), accounts: Number(values.accounts) }
  const databaseUrl = process.env['TEST_DATABASE_URL']
  const fewer = { ...common, kills: Math.ceil(kills / 5) }
  const runs = [
    ...(databaseUrl ? [{ where: 'PostgreSQL', ...common, kills, databaseUrl }] : []),
    { where: 'embedded', ...fewer },
  ]
  let broken = 0
  for (const { where, ...options } of runs) {
    process.stdout.write(`${where}: seed ${options.seed}, ${options.accounts} accounts\n`)
    const report = await surviveMonths({ ...options, onKill: () => process.stdout.write('.') })
    process.stdout.write(`\n${inWords(report)}\n`)
    if (report.faults.length > 0) broken += 1
  }
  return broken === 0 ? 0 : 1
}

function inWords({ compared, faults, kills, killsAt, left, looks, months }: MonthReport): string {
  const { draft, issue, work } = killsAt
  const lines = [
    `  kills ${kills}: drafting ${draft}, computing ${work}, issuing ${issue}`,
    `  months ${months}, lines compared ${compared}, looks ${looks}, broken ${faults.length}`,
    ...faults.map((fault) => `  ! ${fault}`),
  ]
  if (left) lines.push(`  left to look at: ${left}`)
  return lines.join('\n')
}
