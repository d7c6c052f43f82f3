import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'

/** The environment of a server process. */
export type Settings = Readonly<Record<string, string>>

export type ServerProcess = {
  /** Resolves when the server says so. */
  ready: Promise<void>
  /** What it logged as errors so far. */
  errors: readonly string[]
  /** Rejects with its last words when it ends unasked; never resolves. */
  death: Promise<never>
  /** SIGKILL, now. */
  kill: () => Promise<void>
  /** SIGTERM; gives the exit code, null when it did not end in time and had to be killed. */
  stop: () => Promise<number | null>
}

const ROOT = path.join(import.meta.dirname, '../../..')
const READY_MS = 60_000
const STOP_MS = 30_000
const ERROR_LEVEL = 50
const LAST_WORDS_MAX = 40

/** Starts the real server with these settings and nothing else of ours in its environment. */
export function startServer(settings: Settings): ServerProcess {
  const child = start(['server.ts'], settings)
  const words: string[] = []
  const errors: string[] = []
  let isAsked = false
  // Its death is then unasked, and tells whoever waits what it was doing.
  const late = setTimeout(() => child.kill('SIGKILL'), READY_MS)
  const ended = once(child, 'exit')
  child.stdout?.resume()
  const ready = new Promise<void>((resolve) => {
    child.stderr?.setEncoding('utf8')
    if (!child.stderr) return
    createInterface(child.stderr).on('line', (line) => {
      words.push(line)
      if (words.length > LAST_WORDS_MAX) words.shift()
      const { level, msg } = readLog(line)
      if (level >= ERROR_LEVEL) errors.push(line)
      if (msg !== 'Oselia is ready') return
      clearTimeout(late)
      resolve()
    })
  })
  const death = ended.then(() => {
    clearTimeout(late)
    if (isAsked) return new Promise<never>(() => {})
    throw new Error(`the server ended by itself:\n${words.join('\n')}`)
  })
  // Told to whoever waits for something else of this server.
  death.catch(() => {})

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    isAsked = true
    child.kill(signal)
    await ended
  }

  return {
    ready: Promise.race([ready, death]),
    death,
    errors,
    kill: () => end('SIGKILL'),
    stop: async () => {
      const hung = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await end('SIGTERM')
      clearTimeout(hung)
      return child.exitCode
    },
  }
}

/** Runs a program of ours to its end: its exit code and all its words. */
export async function runProgram(
  argv: readonly string[],
  settings: Settings,
): Promise<{ exit: number | null; words: string }> {
  const child = start(argv, settings)
  let words = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (words += text))
  await once(child, 'close')
  return { exit: child.exitCode, words }
}

function start(argv: readonly string[], settings: Settings): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', ...argv], {
    cwd: ROOT,
    env: { ...inherited(), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Whatever ends this process must not leave a server behind.
  const abandon = () => void child.kill('SIGKILL')
  process.once('exit', abandon)
  child.once('exit', () => process.removeListener('exit', abandon))
  return child
}

function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'NODE_OPTIONS']
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']))
}

function readLog(line: string): { level: number; msg: string } {
  try {
    return { level: 0, msg: '', ...(JSON.parse(line) as object) }
  } catch {
    return { level: 0, msg: '' }
  }
}
