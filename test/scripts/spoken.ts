import { type ControlOutput } from '../../core/db/control-channel.ts'

/** Where a command speaks to in a test. */
export function listen(
  cwd = '/',
): ControlOutput & { cwd: string; said: () => [out: string, err: string] } {
  let out = ''
  let err = ''
  return {
    cwd,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    said: () => [out, err],
  }
}
