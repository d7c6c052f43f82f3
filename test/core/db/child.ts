import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach } from '@jest/globals'

const children = new Set<ChildProcess>()

afterEach(() => Promise.all([...children].map(kill)))

/** Starts a script of this folder; `line` gives the next line it writes, or throws at its end. */
export function startScript(name: string, ...argv: string[]) {
  const script = fileURLToPath(new URL(name, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  const lines = linesOf(child.stdout.setEncoding('utf8'))
  const line = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${name} ended`)
    return value
  }
  return { line, kill: () => kill(child) }
}

/** Kills at once, as a power switch would, and waits until the process is gone. */
async function kill(child: ChildProcess): Promise<void> {
  children.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function* linesOf(output: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = ''
  for await (const chunk of output) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
