import { benchBill } from './bill.ts'
import { benchTurns } from './turns.ts'

// `npm run bench`: ratios against a floor measured in the same run, on this machine, now.

const databaseUrl = process.env['BENCH_DATABASE_URL'] ?? process.env['DATABASE_URL']
const only = process.argv[2]

if (!only || only === 'bills') {
  const bill = await benchBill()
  report('bills', { ...bill })
}
if (!only || only === 'turns') {
  if (databaseUrl) report('turns', await benchTurns(databaseUrl))
  else console.log('turns need a PostgreSQL server: set BENCH_DATABASE_URL')
}

function report(name: string, figures: object): void {
  console.log(`${name}\n${JSON.stringify(figures, rounded, 2)}`)
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
}
