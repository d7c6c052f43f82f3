import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { type Seen, type Step } from './month-steps.ts'
import { type Address } from './place.ts'

/** What a worker is told on its command line, as JSON. */
export type WorkerOrder = { address: Address; now: string; month: number; step: Step }

export type WorkerProcess = {
  /** What it saw of the month when it came; resolves with null when it ended before. */
  ready: Promise<Seen | null>
  /** True when it did its step to the end, false when it was killed; rejects when it failed. */
  end: Promise<boolean>
  /** SIGKILL, now. Gives whether it was still alive. */
  kill: () => Promise<boolean>
}

const ROOT = path.join(import.meta.dirname, '../../..')
const PROGRAM = path.join(import.meta.dirname, 'worker.ts')
const LAST_WORDS_MAX = 4_000

/** Starts a process that does one step of a month. */
export function startWorker(order: WorkerOrder): WorkerProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, JSON.stringify(order)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Whatever ends this process must not leave a worker behind.
  const abandon = () => void child.kill('SIGKILL')
  process.once('exit', abandon)
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS_MAX)
  })
  const end = once(child, 'close').then(() => {
    process.removeListener('exit', abandon)
    if (child.signalCode === 'SIGKILL') return false
    if (child.exitCode === 0) return true
    throw new Error(`a worker at ${order.step} ended with ${child.exitCode}:\n${words}`)
  })
  // Told to whoever waits for it.
  end.catch(() => {})
  const ready = new Promise<Seen | null>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('saw ')) resolve(readSeen(line.slice('saw '.length)))
    })
    child.once('close', () => resolve(null))
  })
  const kill = async () => {
    const isAlive = child.kill('SIGKILL')
    const isDone = await end
    return isAlive && !isDone
  }
  return { ready, end, kill }
}

function readSeen(text: string): Seen {
  const { accrued, entries, issued } = JSON.parse(text) as Seen & { accrued: string }
  return { issued, entries, accrued: BigInt(accrued) }
}
