import { Worker } from 'node:worker_threads'

export type PgliteOptions = {
  /** Directory of the data; without it the data lives in memory and ends with the thread. */
  dataDir?: string
  /** File with a dump (see `PgliteThread.dump`) to start from, instead of an empty database. */
  image?: string
  /** Called once when the database dies by itself. Every call after that rejects with this error. */
  onDeath?: (error: Error) => void
}

type Answer = { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }

/**
 * PostgreSQL inside the process: PGlite in a worker thread, so that a heavy statement never blocks
 * the event loop. It is one session, and nothing here guards its directory against another process.
 */
export class PgliteThread {
  readonly #worker: Worker
  readonly #options: PgliteOptions
  /** The worker answers in the order it was asked. */
  readonly #waiting: Answer[] = []
  #started = false
  #end: Error | null = null

  /** An open database. Throws when the directory cannot be opened (damaged, another version, no rights). */
  static async start(options: PgliteOptions): Promise<PgliteThread> {
    const thread = new PgliteThread(options)
    const ready = new Promise<Uint8Array>((resolve, reject) =>
      thread.#waiting.push({ resolve, reject }),
    )
    await ready
    thread.#started = true
    return thread
  }

  private constructor(options: PgliteOptions) {
    this.#options = options
    this.#worker = new Worker(new URL('./pglite-worker.js', import.meta.url), {
      // Not the process's own flags: a TypeScript loader would cost the thread memory and time.
      execArgv: [],
      workerData: { dataDir: options.dataDir ?? null, image: options.image ?? null },
    })
    this.#worker.on('message', (bytes: Uint8Array) => this.#waiting.shift()?.resolve(bytes))
    this.#worker.on('error', (error: Error) => this.#die(error))
    this.#worker.on('exit', (code) => this.#die(new Error(`its thread ended with code ${code}`)))
  }

  /** The answer to frontend messages of the PostgreSQL protocol, as the bytes of backend messages. */
  send(wire: Uint8Array): Promise<Uint8Array> {
    // A copy of the message alone: posting a view of a shared buffer would clone the whole buffer.
    const copy = new Uint8Array(wire)
    return this.#ask({ wire: copy }, [copy.buffer])
  }

  /** The whole database as an uncompressed tar archive, a later thread's `image`. */
  dump(): Promise<Uint8Array> {
    return this.#ask({ task: 'dump' }, [])
  }

  /** Shuts the database down after the calls already made. Closing twice is allowed. */
  async close(): Promise<void> {
    if (this.#end) return
    const closed = this.#ask({ task: 'close' }, [])
    this.#end = new Error('the embedded database is closed')
    await closed
    await this.#worker.terminate()
  }

  #ask(request: object, transfer: ArrayBuffer[]): Promise<Uint8Array> {
    if (this.#end) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(request, transfer)
    })
  }

  #die(cause: Error): void {
    const isFirst = !this.#end
    const where = this.#options.dataDir ?? 'memory'
    const what = this.#started ? 'stopped working' : 'does not open'
    this.#end ??= new Error(`the embedded database in ${where} ${what}: ${cause.message}`, {
      cause,
    })
    for (const { reject } of this.#waiting.splice(0)) reject(this.#end)
    if (isFirst && this.#started) this.#options.onDeath?.(this.#end)
  }
}
