import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Socket } from 'node:net'
import { types } from 'node:util'
import { z } from 'zod'

/** A command for the process that holds a data directory: what its own command line would say. */
export type ControlRequest = z.infer<typeof Request>

/** Where the words of a command go: standard output and standard error of whoever asked. */
export type ControlOutput = { out: (text: string) => void; err: (text: string) => void }

/** Does what was asked and returns the exit code. */
export type Serve = (request: ControlRequest, output: ControlOutput) => Promise<number>

// Every message is one line of JSON. Each side proves that it has the key by a digest of both sides'
// random words, so the key itself never travels, not even to an impostor at the address.
const Word = z.string().length(64)
const Request = z.strictObject({
  command: z.string(),
  argv: z.array(z.string()).readonly(),
  cwd: z.string(),
})
const Hello = z.strictObject({ word: Word })
const Welcome = z.strictObject({ word: Word, proof: Word })
const Call = z.strictObject({ proof: Word, request: Request })
const Answer = z.union([
  z.strictObject({ out: z.string() }),
  z.strictObject({ err: z.string() }),
  z.strictObject({ exit: z.int() }),
])

/** A caller is a program, not a person; one that is slower than this is none of ours. */
const HANDSHAKE_MS = 10_000
const LINE_CHARS_MAX = 1024 * 1024
const BREAKS = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']

/** Serves one caller; one that does not prove that it has the key is cut off without a word. */
export async function serveCaller(
  socket: Socket,
  secret: Promise<Uint8Array>,
  serve: Serve,
): Promise<void> {
  socket.setTimeout(HANDSHAKE_MS, () => socket.destroy())
  const lines = readLines(socket)
  const key = await secret
  const callers = Hello.parse(await nextLine(lines)).word
  const ours = randomWord()
  send(socket, { word: ours, proof: prove(key, 'holder', callers, ours) })
  const { proof, request } = Call.parse(await nextLine(lines))
  if (!isSame(proof, prove(key, 'caller', callers, ours))) {
    socket.destroy()
    return
  }
  socket.setTimeout(0)
  const output: ControlOutput = {
    out: (out) => send(socket, { out }),
    err: (err) => send(socket, { err }),
  }
  const exit = await serve(request, output).catch((error: unknown) => {
    output.err(`${String(error)}\n`)
    return 1
  })
  send(socket, { exit })
  socket.end()
}

/**
 * Has the process at the other end do the command, and returns its exit code. Throws when that
 * process does not have the key, does not believe ours, or ends before it has answered.
 */
export async function callHolder(
  socket: Socket,
  readKey: () => Promise<Uint8Array>,
  request: ControlRequest,
  output: ControlOutput,
): Promise<number> {
  const late = new Error('the process that holds the data directory does not answer')
  socket.setTimeout(HANDSHAKE_MS, () => socket.destroy(late))
  const lines = readLines(socket)
  const ours = randomWord()
  send(socket, { word: ours })
  const { word, proof } = Welcome.parse(await nextLine(lines))
  // Not earlier: the holder makes the key before it says welcome.
  const key = await readKey()
  if (!isSame(proof, prove(key, 'holder', ours, word)))
    throw new Error('the process that holds the data directory does not have its control.key')
  send(socket, { proof: prove(key, 'caller', ours, word), request })
  // The command itself may take as long as it needs.
  socket.setTimeout(0)
  for await (const line of lines) {
    const answer = Answer.parse(JSON.parse(line))
    if ('exit' in answer) return answer.exit
    if ('out' in answer) output.out(answer.out)
    else output.err(answer.err)
  }
  throw hungUp()
}

function randomWord(): string {
  return randomBytes(32).toString('hex')
}

function prove(key: Uint8Array, who: 'holder' | 'caller', callers: string, holders: string) {
  return createHmac('sha256', key).update(`${who} ${callers} ${holders}`).digest('hex')
}

function isSame(proof: string, expected: string): boolean {
  const given = Buffer.from(proof)
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected))
}

function send(socket: Socket, message: object): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
}

async function nextLine(lines: AsyncGenerator<string>): Promise<unknown> {
  const { value, done } = await lines.next()
  if (done) throw hungUp()
  return JSON.parse(value)
}

/** The lines until the other side ends, be it by a farewell or by its death. */
async function* readLines(socket: Socket): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of socket.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > LINE_CHARS_MAX) throw new RangeError('a message without an end')
      yield* lines
    }
  } catch (error) {
    if (!isBreak(error)) throw error
  }
}

function isBreak(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && BREAKS.includes(String(error.code))
}

function hungUp(): Error {
  return new Error('the process that holds the data directory ended before it answered')
}
