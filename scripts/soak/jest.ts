import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { parseArgs } from 'node:util'

const ROOT = path.join(import.meta.dirname, '../..')

/** Runs the tests whose path matches, with `soak` as their SOAK; gives Jest's exit code. */
export async function soakJest(
  pattern: string,
  soak: number,
  argv: readonly string[],
): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { soak: { type: 'string', default: String(soak) } },
  })
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', pattern]
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...jest], {
    cwd: ROOT,
    env: { ...process.env, SOAK: values.soak },
    stdio: 'inherit',
  })
  const [exit] = (await once(child, 'exit')) as [number | null]
  return exit ?? 1
}
