import { soakJest } from './jest.ts'
import { soakKill } from './kill.ts'
import { soakMonth } from './month.ts'

/** A soak: arguments in, words on standard output, exit code out. */
type Soak = (argv: readonly string[]) => Promise<number>

const SOAKS: Record<string, Soak> = {
  kill: soakKill,
  month: soakMonth,
  fuzz: (argv) => soakJest('test/core/exchange/formats/.*prop', 5_000, argv),
  ledger: (argv) => soakJest('test/core/ledger/.*prop', 20, argv),
}
const USAGE = `npm run soak -- kill [--seed N] [--kills N] [--residents N]
    kills the running server again and again; PostgreSQL's part needs TEST_DATABASE_URL
npm run soak -- month [--seed N] [--kills N] [--accounts N]
    kills whoever charges and issues months; PostgreSQL's part needs TEST_DATABASE_URL
npm run soak -- fuzz [--soak N]      N broken and hostile files against each promise of the file readers
npm run soak -- ledger [--soak N]    N times the everyday number of random histories of the journal
`
const WRONG_USAGE = 2

// An exit ends the server under test too; the default of a signal would leave it behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const [name = '', ...argv] = process.argv.slice(2)
const soak = SOAKS[name]
if (soak) process.exitCode = await soak(argv)
else {
  process.stderr.write(USAGE)
  process.exitCode = WRONG_USAGE
}
