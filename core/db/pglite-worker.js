// Runs in a worker thread. An exception here is not an SQL error (those are bytes of an answer): the
// database is broken, so it is left uncaught, ends the thread and reaches the thread's owner.
import { openAsBlob } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

if (!parentPort) throw new Error('this file is the entry of a worker thread')
const port = parentPort

/** @type {{ dataDir: string | null; image: string | null }} */
const { dataDir, image } = workerData

const db = await PGlite.create({
  ...(dataDir ? { dataDir } : {}),
  ...(image ? { loadDataDir: await openAsBlob(image) } : {}),
  // One session needs no more; the default of 128 MB costs 130 MB of resident memory.
  postgresqlconf: ['shared_buffers=16MB'],
})

// The owner counts on answers in the order of its requests.
let last = Promise.resolve()
port.on('message', (request) => {
  last = last.then(() => answer(request)).catch(die)
})
port.postMessage(new Uint8Array())

/**
 * PostgreSQL's own exit comes as an object that is no error and would arrive without its words.
 *
 * @param {unknown} reason
 */
function die(reason) {
  throw reason instanceof Error ? reason : new Error(Object(reason).message ?? String(reason))
}

/** @param {{ wire?: Uint8Array; task?: 'dump' | 'close' }} request */
async function answer({ wire, task }) {
  const reply = wire ? await exchange(wire) : await perform(task)
  port.postMessage(reply, [reply.buffer])
}

/**
 * The answer to protocol messages, in memory of its own that can be handed to the other thread.
 *
 * @param {Uint8Array} wire
 */
async function exchange(wire) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = []
  // PGlite reuses the memory behind `data` after the callback.
  const onRawData = (/** @type {Uint8Array} */ data) => void parts.push(data.slice())
  await db.execProtocolRawStream(wire, { syncToFs: false, onRawData })
  return parts.length === 1 && parts[0] ? parts[0] : join(parts)
}

/** @param {Uint8Array[]} parts */
function join(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** @param {'dump' | 'close' | undefined} task */
async function perform(task) {
  if (task === 'dump') return new Uint8Array(await (await db.dumpDataDir('none')).arrayBuffer())
  await db.close()
  return new Uint8Array()
}
