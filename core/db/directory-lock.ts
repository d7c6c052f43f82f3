import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { accept, refuse } from '../result.ts'
import {
  callHolder,
  type ControlOutput,
  type ControlRequest,
  serveCaller,
  type Serve,
} from './control-channel.ts'

const KEY_FILE = 'control.key'
const KEY_BYTES = 32
/** Longer than another process can need between finding a dead socket file and replacing it. */
const SETTLE_MS = 250

/**
 * Makes this process the only holder of a directory (created when missing), until `release` or its
 * end, however it ends. With `serve` it also does the commands that `askHolder` brings from other
 * processes of whoever can read the directory's `control.key`.
 *
 * The hold is a listening socket named after the directory's real path, not a file with a process
 * id: the system takes it away from a killed process and never gives it to another by chance. It is
 * seen by all processes of one machine, or of one container (network namespace).
 * Refuses: `directory-held` by another process, or by another call in this one.
 */
export async function holdDirectory(dir: string, serve?: Serve, platform = process.platform) {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  let key: Promise<Uint8Array> | null = null
  const callers = new Set<Socket>()
  const server = createServer((socket) => {
    callers.add(socket)
    socket.on('close', () => callers.delete(socket))
    // A caller that breaks off or speaks nonsense is no concern of ours.
    socket.on('error', () => {})
    if (serve) serveCaller(socket, (key ??= ensureKey(dir)), serve).catch(() => socket.destroy())
    else socket.destroy()
  })
  if (!(await bind(server, await addressOf(dir, platform)))) return refuse('directory-held')
  // The hold alone keeps no process alive.
  server.unref()
  if (serve) await (key ??= ensureKey(dir))
  const release = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of callers) socket.destroy()
    await closed
  }
  return accept({ release })
}

/**
 * Has the holder of a directory do a command, and returns its exit code; null when nobody holds the
 * directory. Throws when the holder takes no commands, when `control.key` cannot be read or is not
 * the holder's, and when the holder ends before it has answered.
 */
export async function askHolder(
  dir: string,
  request: ControlRequest,
  output: ControlOutput,
  platform = process.platform,
): Promise<number | null> {
  const socket = await reach(dir, platform)
  if (!socket) return null
  try {
    return await callHolder(socket, () => readFile(path.join(dir, KEY_FILE)), request, output)
  } finally {
    socket.destroy()
  }
}

async function addressOf(dir: string, platform: NodeJS.Platform): Promise<string> {
  const digest = createHash('sha256')
    .update(await realpath(dir))
    .digest('hex')
  const name = `oselia-${digest.slice(0, 32)}`
  if (platform === 'linux') return `\0${name}`
  if (platform === 'win32') return `\\\\.\\pipe\\${name}`
  return path.join(tmpdir(), `${name}.sock`)
}

/** Whether the server now listens at the address; false when another one does. */
async function bind(server: Server, address: string): Promise<boolean> {
  if (!address.startsWith('/')) return listen(server, address)
  // A socket file outlives a killed process: one that nobody answers at is in the way.
  if (!(await listen(server, address))) {
    const holder = await connectTo(address)
    holder?.destroy()
    if (holder) return false
    await unlink(address).catch(() => {})
    if (!(await listen(server, address))) return false
  }
  // Another process may have found the same dead file and removed ours in its place. Ours is then not
  // closed here: closing removes the file, which is the other's.
  const inode = async () => (await stat(address).catch(nothingThere))?.ino
  const ours = await inode()
  await setTimeout(SETTLE_MS)
  server.unref()
  return ours !== undefined && ours === (await inode())
}

function listen(server: Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // Stays for later errors (no more file handles for a caller): they must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(error)
    })
    server.listen(address, () => resolve(true))
  })
}

async function reach(dir: string, platform: NodeJS.Platform): Promise<Socket | null> {
  const address = await addressOf(dir, platform).catch(nothingThere)
  return address === null ? null : connectTo(address)
}

/** A connection to whoever listens at the address, or null. */
function connectTo(address: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(address)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(null)
      else reject(error)
    })
  })
}

function nothingThere(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

/** The secret of the directory, made when there is none; only its owner can read the file. */
async function ensureKey(dir: string): Promise<Uint8Array> {
  const file = path.join(dir, KEY_FILE)
  const known = await readFile(file).catch(nothingThere)
  if (known?.length === KEY_BYTES) return known
  const key = randomBytes(KEY_BYTES)
  // In one step, so that a kill leaves no half of a key.
  await writeFile(`${file}.new`, key, { mode: 0o600 })
  await rename(`${file}.new`, file)
  return key
}
