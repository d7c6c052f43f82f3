import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type ControlOutput } from '../../../core/db/control-channel.ts'
import { askHolder, holdDirectory } from '../../../core/db/directory-lock.ts'
import { startScript } from './child.ts'

const request = { command: 'tell', argv: ['a', 'line\nof two', 'їжак'], cwd: '/somewhere' }
const ignore: ControlOutput = { out: () => {}, err: () => {} }
const hungUp = 'ended before it answered'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'oselia-'))
})
afterEach(() => rm(dir, { recursive: true }))

/** Another process that holds the directory. */
async function startHolder(platform: string) {
  const holder = startScript('hold-directory.ts', dir, platform)
  return { ...holder, said: await holder.line() }
}

// The address of Windows, a named pipe, cannot be tried here.
describe.each(['linux', 'darwin'] as const)('the hold of a directory on %s', (platform) => {
  const hold = (serve?: Parameters<typeof holdDirectory>[1]) => holdDirectory(dir, serve, platform)
  const ask = (what = request, output = ignore) => askHolder(dir, what, output, platform)

  it('is had by one process', async () => {
    const holder = await startHolder(platform)
    expect(holder.said).toBe('held')
    expect(await hold()).toEqual({ ok: false, code: 'directory-held' })
    expect((await startHolder(platform)).said).toBe('directory-held')
  })

  it('is had once in one process too, by whatever path', async () => {
    const first = await hold()
    const link = `${dir}-link`
    await symlink(dir, link)
    expect(await holdDirectory(link, undefined, platform)).toMatchObject({ ok: false })
    await rm(link)
    if (first.ok) await first.value.release()
    expect(first.ok).toBe(true)
  })

  it('is free at once when its process is killed', async () => {
    const holder = await startHolder(platform)
    await holder.kill()
    const taken = await hold()
    expect(taken.ok).toBe(true)
    if (taken.ok) await taken.value.release()
  })

  it('is had by one of several that find it free at the same time', async () => {
    const killed = await startHolder(platform)
    await killed.kill()
    const said = await Promise.all([1, 2, 3].map(async () => (await startHolder(platform)).said))
    expect(said.toSorted()).toEqual(['directory-held', 'directory-held', 'held'])
  })

  it('is free again after its release', async () => {
    for (let round = 0; round < 2; round++) {
      const taken = await hold(() => Promise.resolve(0))
      expect(taken.ok).toBe(true)
      if (taken.ok) await taken.value.release()
    }
    expect(await ask()).toBeNull()
  })

  it('lets another process have commands done', async () => {
    await startHolder(platform)
    const heard: string[] = []
    const output = {
      out: (text: string) => heard.push(`out ${text}`),
      err: (text: string) => heard.push(`err ${text}`),
    }
    expect(await ask(request, output)).toBe(7)
    expect(heard).toEqual(['out tell a line\nof two їжак\n', 'err in /somewhere\n'])
  })

  it('tells of a command that fails', async () => {
    await startHolder(platform)
    const heard: string[] = []
    const output = { out: () => {}, err: (text: string) => heard.push(text) }
    expect(await ask({ ...request, command: 'fail' }, output)).toBe(1)
    expect(heard).toEqual(['Error: no such thing\n'])
  })

  it('tells when the holder dies before it has answered', async () => {
    await startHolder(platform)
    await expect(ask({ ...request, command: 'die' })).rejects.toThrow(hungUp)
  })

  it('has nobody to ask when it is not had', async () => {
    expect(await ask()).toBeNull()
    expect(await askHolder(path.join(dir, 'missing'), request, ignore, platform)).toBeNull()
  })

  it('tells when the holder takes no commands', async () => {
    const taken = await hold()
    await expect(ask()).rejects.toThrow(hungUp)
    if (taken.ok) await taken.value.release()
  })
})

describe('the key of a held directory', () => {
  const key = () => path.join(dir, 'control.key')

  it('is 32 bytes that only the owner can read, and stays', async () => {
    const first = await holdDirectory(dir, () => Promise.resolve(0))
    if (first.ok) await first.value.release()
    const bytes = await readFile(key())
    expect(bytes.length).toBe(32)
    expect((await stat(key())).mode & 0o777).toBe(0o600)
    const second = await holdDirectory(dir, () => Promise.resolve(0))
    if (second.ok) await second.value.release()
    expect(await readFile(key())).toEqual(bytes)
  })

  it('must be the same on both sides', async () => {
    const commands: string[] = []
    const taken = await holdDirectory(dir, ({ command }) => {
      commands.push(command)
      return Promise.resolve(0)
    })
    expect(await askHolder(dir, request, ignore)).toBe(0)
    await writeFile(key(), Buffer.alloc(32))
    await expect(askHolder(dir, request, ignore)).rejects.toThrow('does not have its control.key')
    expect(commands).toEqual(['tell'])
    if (taken.ok) await taken.value.release()
  })

  it.each([
    ['a wrong proof', (word: string) => ({ proof: word, request })],
    ['no proof', () => ({ request })],
    ['nonsense', () => 'nonsense'],
  ])('cannot be replaced by %s', async (_name, call) => {
    const commands: string[] = []
    const taken = await holdDirectory(dir, ({ command }) => {
      commands.push(command)
      return Promise.resolve(0)
    })
    const digest = createHash('sha256')
      .update(await realpath(dir))
      .digest('hex')
    const socket = connect(`\0oselia-${digest.slice(0, 32)}`).setEncoding('utf8')
    const word = 'a'.repeat(64)
    socket.write(`${JSON.stringify({ word })}\n`)
    await once(socket, 'data')
    const answers: string[] = []
    socket.on('data', (text: string) => answers.push(text))
    socket.write(`${JSON.stringify(call(word))}\n`)
    await once(socket, 'close')
    expect(answers).toEqual([])
    expect(commands).toEqual([])
    if (taken.ok) await taken.value.release()
  })
})
