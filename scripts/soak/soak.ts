import { soakJest } from './jest.ts'
import { soakKill } from './kill.ts'

/** A soak: arguments in, words on standard output, exit code out. */
type Soak = (argv: readonly string[]) => Promise<number>

const SOAKS: Record<string, Soak> = {
  kill: soakKill,
  fuzz: (argv) => soakJest('test/core/exchange/formats', 5_000, argv),
  ledger: (argv) => soakJest('test/core/ledger', 2_000, argv),
}
const USAGE = `npm run soak -- kill [--seed N] [--kills N] [--residents N]
    kills the running server again and again; PostgreSQL's part needs TEST_DATABASE_URL
npm run soak -- fuzz [--rounds N]      broken and hostile files against the file readers
npm run soak -- ledger [--rounds N]    random histories against the journal
`
const WRONG_USAGE = 2

const [name = '', ...argv] = process.argv.slice(2)
const soak = SOAKS[name]
if (soak) process.exitCode = await soak(argv)
else {
  process.stderr.write(USAGE)
  process.exitCode = WRONG_USAGE
}
