import { holdDirectory } from '../../../core/db/directory-lock.ts'

// A process that holds the directory named on the command line, says `held` or why not, and lives
// until it is killed. It does one command: it tells what it was asked, exit code 7.
const [dir = '', platform = ''] = process.argv.slice(2)

const hold = await holdDirectory(
  dir,
  async ({ command, argv, cwd }, { out, err }) => {
    if (command === 'die') process.kill(process.pid, 'SIGKILL')
    if (command === 'fail') throw new Error('no such thing')
    out(`${command} ${argv.join(' ')}\n`)
    err(`in ${cwd}\n`)
    return Promise.resolve(7)
  },
  platform as NodeJS.Platform,
)
console.log(hold.ok ? 'held' : hold.code)
// A hold alone keeps no process alive.
if (hold.ok) setInterval(() => {}, 60_000)
