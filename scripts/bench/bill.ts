import { type BillDocument } from '../../core/documents/bill-document.ts'
import { drawBill, openBillFile } from '../../templates/documents/bill-pdf.ts'
import { type Fonts, openFonts } from '../../templates/documents/fonts.ts'
import { type Document } from '../../templates/documents/sheet.ts'
import { openTranslator, type Translate } from '../../templates/translate.ts'
import { sampleBill } from './sample-bill.ts'

const SERVICES = 5
const BILLS = 25
const ROUNDS = 4
const WARM_UP = 20

export type BenchResult = {
  name: string
  /** Bills a second on one core. */
  ours: number
  floor: number
  /** 1 is as fast as the floor. */
  ratio: number
}

/**
 * Bills a second against the same calls made to bare pdfkit with the same fonts and shaped words:
 * what laying out, wording and the code of the transfer cost. The floor gives the very same bytes.
 */
export async function benchBill(): Promise<BenchResult> {
  const fonts = openFonts()
  const words = openTranslator()('uk')
  const jobs = Array.from({ length: BILLS }, (_, index) => {
    const bill = { ...sampleBill(SERVICES), number: `${101 + index}-2026-10` }
    return { bill, calls: record(bill, words, fonts) }
  })
  const ours = ({ bill }: Job) => {
    const doc = openBillFile(bill, words, fonts)
    drawBill(doc, bill, words, fonts)
    return doc
  }
  const floor = ({ bill, calls }: Job) => {
    const doc = openBillFile(bill, words, fonts)
    replay(doc, calls)
    return doc
  }
  for (const job of jobs.slice(0, WARM_UP)) await compare(ours(job), floor(job))

  let [oursMs, floorMs] = [0, 0]
  // turn about, so that a busy neighbour slows both
  for (let round = 0; round < ROUNDS; round++) {
    oursMs += cpuMs(() => jobs.forEach(ours))
    floorMs += cpuMs(() => jobs.forEach(floor))
  }
  const rate = (ms: number) => (ROUNDS * BILLS * 1000) / ms
  return { name: 'bill', ours: rate(oursMs), floor: rate(floorMs), ratio: floorMs / oursMs }
}

type Job = { bill: BillDocument; calls: Call[] }
/** One call: on the document or on what an earlier call answered, by its number. */
type Call = { target: number | null; method: string; args: unknown[] }
type Method = (...args: unknown[]) => unknown

/** An argument or target that an earlier call answered. */
class Answer {
  readonly call: number
  constructor(call: number) {
    this.call = call
  }
}

function record(bill: BillDocument, words: Translate, fonts: Fonts): Call[] {
  const doc = openBillFile(bill, words, fonts)
  const calls: Call[] = []
  const real = new WeakMap<object, object>()
  const known = new Map<unknown, number | null>([[doc, null]])
  const unwrap = (arg: unknown): unknown =>
    Array.isArray(arg) ? arg.map(unwrap) : (real.get(arg as object) ?? arg)
  const remember = (arg: unknown): unknown => {
    if (Array.isArray(arg)) return arg.map(remember)
    const call = known.get(arg)
    return typeof call === 'number' ? new Answer(call) : arg
  }
  const watch = <T extends object>(object: T): T => {
    const proxy = new Proxy(object, {
      get: (target, method) => {
        const value: unknown = Reflect.get(target, method)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          const plain = args.map(unwrap)
          const call = { target: known.get(target) ?? null, method: String(method) }
          // what only listens or asks draws nothing
          const draws = method !== 'on' && method !== 'bufferedPageRange'
          const number = draws ? calls.push({ ...call, args: plain.map(remember) }) - 1 : null
          const answer = Reflect.apply(value as Method, target, plain)
          if (typeof answer !== 'object' || answer === null) return answer
          if (!known.has(answer)) known.set(answer, number)
          return draws ? watch(answer) : answer
        }
      },
    })
    real.set(proxy, object)
    return proxy
  }
  drawBill(watch(doc), bill, words, fonts)
  return calls
}

function replay(doc: Document, calls: readonly Call[]): void {
  const answers: unknown[] = []
  const resolve = (arg: unknown): unknown => {
    if (Array.isArray(arg)) return arg.map(resolve)
    return arg instanceof Answer ? answers[arg.call] : arg
  }
  for (const { target, method, args } of calls) {
    const object = (target === null ? doc : answers[target]) as Record<string, Method>
    answers.push(object[method]?.(...args.map(resolve)))
  }
}

async function compare(ours: Document, floor: Document): Promise<void> {
  const [one, other] = [await bytesOf(ours), await bytesOf(floor)]
  if (!one.equals(other)) throw new Error('the floor draws another bill')
}

async function bytesOf(doc: Document): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of doc) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
