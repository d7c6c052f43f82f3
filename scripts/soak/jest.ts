import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { parseArgs } from 'node:util'

const ROOT = path.join(import.meta.dirname, '../..')

/** Runs the tests of a folder with SOAK rounds instead of their everyday sample; gives Jest's exit code. */
export async function soakJest(
  folder: string,
  rounds: number,
  argv: readonly string[],
): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { rounds: { type: 'string', default: String(rounds) } },
  })
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', folder]
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...jest], {
    cwd: ROOT,
    env: { ...process.env, SOAK: values.rounds },
    stdio: 'inherit',
  })
  const [exit] = (await once(child, 'exit')) as [number | null]
  return exit ?? 1
}
