import { Duplex } from 'node:stream'
import { type PgliteThread } from './pglite-thread.ts'

type Done = (error?: Error | null) => void

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const TERMINATE = 'X'.charCodeAt(0)

/**
 * A maker of what node-postgres takes for its sockets: bytes of the PostgreSQL protocol go to an
 * embedded database and its answers come back. The database is one session, so a stream connects
 * only after the one before it has ended and left the session like new: the pool's `max` must be 1.
 */
export function pgliteStreams(thread: PgliteThread): () => Duplex {
  let previous: Promise<unknown> = Promise.resolve()
  return () => {
    const stream = new PgliteStream(thread, previous)
    previous = new Promise((resolve) => stream.once('close', resolve))
    return stream
  }
}

class PgliteStream extends Duplex {
  readonly #thread: PgliteThread
  readonly #previous: Promise<unknown>
  #isStarted = false
  #isReset = false

  constructor(thread: PgliteThread, previous: Promise<unknown>) {
    super({ allowHalfOpen: false })
    this.#thread = thread
    this.#previous = previous
  }

  connect(): this {
    void this.#previous.then(() => this.emit('connect'))
    return this
  }

  // The rest of a socket that node-postgres uses.
  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#pass(chunk).then(() => done(), done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    this.#pass(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done)
  }

  override _final(done: Done): void {
    void this.#reset().then(() => {
      this.push(null)
      done()
    })
  }

  override _destroy(error: Error | null, done: Done): void {
    void this.#reset().then(() => done(error))
  }

  async #pass(wire: Buffer): Promise<void> {
    if (!this.#isStarted && isEncryptionRequest(wire)) {
      this.push('N')
      return
    }
    this.#isStarted = true
    // PGlite answers the startup message itself, with the real server parameters. It would take the
    // farewell for the end of the whole database.
    if (wire[0] === TERMINATE) {
      this.end()
      return
    }
    const answer = await this.#thread.send(wire)
    if (answer.length > 0) this.push(answer)
  }

  async #reset(): Promise<void> {
    if (!this.#isStarted || this.#isReset) return
    this.#isReset = true
    try {
      // Sync first: after an error in the middle of a batch everything up to it is ignored.
      await this.#thread.send(Buffer.concat([message('S'), message('Q', 'ROLLBACK')]))
      await this.#thread.send(message('Q', 'DISCARD ALL'))
    } catch {
      // The database is closed or dead, and the session with it; `onDeath` has told so.
    }
  }
}

function isEncryptionRequest(wire: Buffer): boolean {
  if (wire.length !== 8) return false
  const code = wire.readInt32BE(4)
  return code === SSL_REQUEST || code === GSS_REQUEST
}

function message(type: string, text?: string): Buffer {
  const body = Buffer.from(text === undefined ? '' : `${text}\0`)
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
