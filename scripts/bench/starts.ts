import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '..', '..')
const DEADLINE_MS = 120_000

export type StartBench = { coldSeconds: number; warmSeconds: number }

/**
 * From `node server.ts` to a working page: cold with an empty directory (database made, demo town
 * imported), warm with what the cold start left.
 */
export async function benchStarts(): Promise<StartBench> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'oselia-bench-'))
  try {
    const coldSeconds = await startOnce(dataDir)
    const warmSeconds = await startOnce(dataDir)
    return { coldSeconds, warmSeconds }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

function startOnce(dataDir: string): Promise<number> {
  const startedAt = performance.now()
  const env = { ...process.env, DATA_DIR: dataDir, PORT: '0', DATABASE_URL: '' }
  const child = spawn(process.execPath, ['--import', 'tsx', 'server.ts'], { cwd: ROOT, env })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS)
    let seconds = Number.NaN
    child.stdout.on('data', (chunk: Buffer) => {
      if (!Number.isNaN(seconds) || !chunk.includes('/health')) return
      seconds = (performance.now() - startedAt) / 1000
      child.kill('SIGTERM')
    })
    child.stderr.resume()
    child.on('error', reject)
    child.on('exit', () => {
      clearTimeout(timer)
      if (Number.isNaN(seconds)) reject(new Error('the process did not start'))
      else resolve(seconds)
    })
  })
}
