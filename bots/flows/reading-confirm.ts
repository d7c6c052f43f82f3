import { type Context } from '../../core/context.ts'
import { fitsDial, mayPassZero } from '../../core/metering/dial.ts'
import { judgeReading, type Judgement } from '../../core/metering/judge-reading.ts'
import { readKnowledge } from '../../core/metering/read-knowledge.ts'
import { type MeterState } from '../../core/metering/read-meters.ts'
import { recordReadings } from '../../core/metering/record-readings.ts'
import { kopecks } from '../../core/money.ts'
import {
  amount,
  type Choice,
  type Line,
  money,
  month,
  say,
  words,
} from '../../core/outbox/message.ts'
import { dayIn } from '../../core/period.ts'
import { cost, quantity, type Quantity } from '../../core/quantity.ts'
import { readPrice } from '../../core/tariffs/read-price.ts'
import { ask, finish, miss, type Turn } from '../dialog/flow.ts'
import { type Input } from '../dialog/input.ts'
import { type Visitor } from '../dialog/visitor.ts'
import { comingBillLines } from './coming-bill.ts'
import { type Confirm, type ReadingState, type Typed } from './reading-state.ts'
import { readTypedReading } from './typed-reading.ts'

/** Says what the values mean and asks for a yes, with a warning where one looks unusual. */
export async function judgeDials(
  ctx: Context,
  meter: MeterState,
  values: readonly Quantity[],
): Promise<Turn<ReadingState>> {
  const today = dayIn(ctx.now(), ctx.zone)
  const expired = meter.verifiedUntil !== null && meter.verifiedUntil < today
  const lines: Line[] = [say('reading:check', { service: meter.serviceName, serial: meter.serial })]
  const typed: Typed[] = []
  let total = 0n
  for (const [index, register] of meter.registers.entries()) {
    const value = values[index]
    if (value === undefined) throw new Error(`no value for zone ${register.zone}`)
    const known = await readKnowledge(ctx, meter, register)
    const judged = judgeReading(value, known)
    if (judged.verdict === 'too-many-digits') throw new Error('digits are checked on entry')
    const volume = 'volume' in judged ? judged.volume : null
    const { previous, registerId, zone } = register
    lines.push(...dialLines(meter, zone, previous, value, judged))
    typed.push({
      registerId,
      zone,
      previous: previous.toString(),
      value: value.toString(),
      volume: volume?.toString() ?? null,
      verdict: judged.verdict,
    })
    total += volume === null ? 0n : await readCost(ctx, meter, zone, volume)
  }
  // What will not be charged by has no price.
  if (expired) lines.push(say('reading:verification-expired'))
  else if (total > 0n) lines.push(say('reading:about-money', { amount: money(kopecks(total)) }))
  const state: Confirm = { flow: 'reading', step: 'confirm', meterId: meter.meterId, typed }
  return ask<ReadingState>(state, lines, confirmChoices(meter, typed))
}

function dialLines(
  meter: MeterState,
  zone: number,
  previous: Quantity,
  value: Quantity,
  judged: Judgement,
): Line[] {
  const { unit } = meter
  const shown = {
    zone: words(`reading:zone.${zone}`),
    previous: amount(previous),
    value: amount(value),
    unit,
  }
  if (!('volume' in judged)) return [say('reading:below', shown)]
  const volume = amount(judged.volume)
  const lines = [say('reading:difference', { ...shown, volume })]
  if (judged.verdict === 'unusual')
    lines.push(say('reading:unusual', { volume, limit: amount(judged.limit), unit }))
  if (judged.verdict === 'rollover') lines.push(say('reading:rollover', { volume, unit }))
  return lines
}

async function readCost(
  ctx: Context,
  meter: MeterState,
  zone: number,
  volume: Quantity,
): Promise<bigint> {
  const on = dayIn(ctx.now(), ctx.zone)
  const price = await readPrice(ctx, { serviceId: meter.serviceId, zone, on })
  return price === null ? 0n : cost(volume, price)
}

function confirmChoices(meter: MeterState, typed: readonly Typed[]): Choice[] {
  const change: Choice = { label: say('reading:change'), value: 'change' }
  const cancel: Choice = { label: say('dialog:cancel'), value: 'cancel' }
  // Below the last value: a passed zero, another meter, or a slip of the finger.
  if (typed.some((dial) => dial.verdict === 'below')) {
    const passed: Choice = { label: say('reading:passed-zero'), value: 'passed' }
    const replaced: Choice = { label: say('reading:replaced'), value: 'replaced' }
    const right: Choice = { label: say('reading:insist'), value: 'confirm' }
    const below = typed.filter((dial) => dial.verdict === 'below')
    const canPass = below.every((d) => mayPassZero(quantity(BigInt(d.previous)), meter.digits))
    return [change, ...(canPass ? [passed] : []), replaced, right, cancel]
  }
  return [{ label: say('reading:confirm'), value: 'confirm' }, change, cancel]
}

/** Stores the values after a yes and gives the registration number. */
export async function confirmReading(
  ctx: Context,
  person: Visitor,
  meter: MeterState | null,
  state: Confirm,
  input: Input,
): Promise<Turn<ReadingState>> {
  if (!meter) return finish([say('reading:no-meters')])
  if (input.kind !== 'choice') return takeAnother(ctx, person, meter, state, input)
  if (input.value === 'cancel') return finish([say('dialog:cancelled')])
  if (input.value === 'replaced') return finish([say('reading:replaced-how')])
  if (input.value === 'change') {
    const again: ReadingState = {
      flow: 'reading',
      step: 'value',
      meterId: meter.meterId,
      values: [],
    }
    const zone = words(`reading:zone.${meter.registers[0]?.zone ?? 0}`)
    return ask<ReadingState>(again, [say('reading:ask-value', { zone })])
  }
  return store(ctx, person, meter, state.typed, input.value === 'passed')
}

// Another number takes the place of the one asked about; a wrong yes must not store the old one.
function takeAnother(
  ctx: Context,
  person: Visitor,
  meter: MeterState,
  state: Confirm,
  input: Input,
): Turn<ReadingState> | Promise<Turn<ReadingState>> {
  const again = ask<ReadingState>(
    state,
    [say('dialog:press-or-type')],
    confirmChoices(meter, state.typed),
  )
  if (input.kind !== 'text' || meter.registers.length > 1) return miss(again)
  const typed = readTypedReading(input.text, person.accounts)
  if (!typed || !fitsDial(typed.value, meter.digits)) return miss(again)
  return judgeDials(ctx, meter, [typed.value])
}

async function store(
  ctx: Context,
  person: Visitor,
  meter: MeterState,
  typed: readonly Typed[],
  passedZero: boolean,
): Promise<Turn<ReadingState>> {
  const today = dayIn(ctx.now(), ctx.zone)
  const result = await recordReadings(ctx, {
    meterId: meter.meterId,
    takenOn: today,
    today,
    month: meter.month,
    consumerId: person.consumerId,
    values: typed.map((dial) => ({
      registerId: dial.registerId,
      value: quantity(BigInt(dial.value)),
      rolledOver: dial.verdict === 'rollover' || (passedZero && dial.verdict === 'below'),
      needsReview: dial.verdict === 'unusual' || dial.verdict === 'below',
    })),
  })
  if (!result.ok) return finish([say(`refusal:${result.code}`)])
  const no = result.value.registrationNo.toString()
  const lines = [say('reading:accepted', { no })]
  for (const dial of typed) lines.push(acceptedLine(meter, dial))
  const isOdd = typed.some((dial) => dial.verdict === 'below' || dial.verdict === 'unusual')
  if (!result.value.counted) lines.push(say('reading:verification-expired'))
  else if (isOdd) lines.push(say('reading:will-be-looked-at'))
  else
    lines.push(
      say('reading:counts-for', { month: month(meter.month) }),
      ...(await comingBillLines(ctx, meter.accountId, meter.month)),
    )
  return finish(lines)
}

function acceptedLine(meter: MeterState, dial: Typed): Line {
  const shown = {
    zone: words(`reading:zone.${dial.zone}`),
    previous: amount(quantity(BigInt(dial.previous))),
    value: amount(quantity(BigInt(dial.value))),
    unit: meter.unit,
  }
  if (dial.volume === null) return say('reading:accepted-value', shown)
  return say('reading:difference', { ...shown, volume: amount(quantity(BigInt(dial.volume))) })
}
