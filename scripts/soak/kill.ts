import { parseArgs } from 'node:util'
import { type KillOptions, type KillReport, surviveKills } from './kill/survive-kills.ts'

const FAULTS_SHOWN_MAX = 20

/**
 * Kills the real server under the hands of its residents: on PostgreSQL by webhooks and by long
 * polling, on the embedded database by webhooks. Gives 0 when every promise was kept, else 1 and
 * leaves the town to look at.
 */
export async function soakKill(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '50' },
      residents: { type: 'string', default: '200' },
    },
  })
  const kills = Number(values.kills)
  const fewer = Math.ceil(kills / 5)
  const common = { seed: Number(values.seed), residents: Number(values.residents) }
  const databaseUrl = process.env['TEST_DATABASE_URL']
  const runs: [string, KillOptions][] = databaseUrl
    ? [
        ['PostgreSQL, webhooks', { ...common, databaseUrl, kills }],
        ['PostgreSQL, long polling', { ...common, databaseUrl, kills: fewer, polled: true }],
      ]
    : []
  runs.push(['embedded, webhooks', { ...common, kills: fewer }])
  let broken = 0
  for (const [where, options] of runs) {
    process.stdout.write(`${where}: seed ${options.seed}, ${options.residents} residents\n`)
    const report = await surviveKills({ ...options, onKill: showProgress })
    process.stdout.write(`\n${inWords(report)}\n`)
    if (report.faults.length > 0) broken += 1
  }
  return broken === 0 ? 0 : 1
}

function showProgress(): void {
  process.stdout.write('.')
}

function inWords(report: KillReport): string {
  const { doubled, faults, kills, left, lost, readings, repeated, slowestMs, updates } = report
  const lines = [
    `  kills ${kills}, updates ${updates}, readings ${readings}`,
    `  lost ${lost}, doubled ${doubled}, answers shown twice ${repeated}`,
    `  slowest answer ${(slowestMs / 1000).toFixed(1)} s, broken promises ${faults.length}`,
    ...faults.slice(0, FAULTS_SHOWN_MAX).map((fault) => `  ! ${fault}`),
  ]
  if (left) lines.push(`  left to look at: ${left}`)
  return lines.join('\n')
}
