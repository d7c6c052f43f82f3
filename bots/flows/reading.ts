import { type LinkedAccount } from '../../core/access/linked-accounts.ts'
import { type Context } from '../../core/context.ts'
import { fitsDial } from '../../core/metering/dial.ts'
import { readMeters, type MeterState } from '../../core/metering/read-meters.ts'
import { amount, type Choice, day, type Line, say, words } from '../../core/outbox/message.ts'
import { type Quantity, quantity } from '../../core/quantity.ts'
import { ask, finish, type Flow, goTo, miss, type Turn } from '../dialog/flow.ts'
import { type Input } from '../dialog/input.ts'
import { pageAsked, pageOf } from '../dialog/paging.ts'
import { type Visitor } from '../dialog/visitor.ts'
import { confirmReading, judgeDials } from './reading-confirm.ts'
import { type ChooseMeter, type EnterValue, type ReadingState } from './reading-state.ts'
import { readTypedReading } from './typed-reading.ts'

/**
 * Sends a reading: which meter, the last value, the new one, what it means, yes, its number.
 * Nothing is stored before the person confirmed what the bot understood.
 */
export const reading: Flow<ReadingState> = async (ctx, person, state, input) => {
  const known = await readKnownMeters(ctx, person)
  switch (state.step) {
    case 'enter':
      return chooseMeter(ctx, known, { ...state, step: 'meter', page: 0 })
    case 'meter':
      return takeMeter(ctx, known, state, input)
    case 'value':
      return takeValue(ctx, known, state, input)
    case 'confirm':
      return confirmReading(ctx, person, findMeter(known, state.meterId), state, input)
  }
}

type Known = { accounts: LinkedAccount[]; meters: MeterState[] }

async function readKnownMeters(ctx: Context, person: Visitor): Promise<Known> {
  const { accounts } = person
  const accountIds = accounts.map((account) => account.accountId)
  return { accounts, meters: await readMeters(ctx, accountIds) }
}

function findMeter(known: Known, meterId: number): MeterState | null {
  return known.meters.find((meter) => meter.meterId === meterId) ?? null
}

function chooseMeter(
  ctx: Context,
  known: Known,
  state: ChooseMeter,
  notUnderstood: Line[] = [],
): Turn<ReadingState> | Promise<Turn<ReadingState>> {
  if (known.accounts.length === 0)
    return goTo({ flow: 'link', step: 'enter' }, [say('menu:link-first')])
  const { numberKey } = state
  const own = known.accounts.filter((a) => numberKey === undefined || a.numberKey === numberKey)
  const ids = new Set(own.map((account) => account.accountId))
  const meters = known.meters.filter((meter) => ids.has(meter.accountId))
  const [first, second] = meters
  if (!first) return finish([say('reading:no-meters')])
  if (!second) return openMeter(ctx, first, state.typed)
  const choices = pageOf(meters.map(meterChoice), state.page, [
    { label: say('dialog:to-menu'), value: 'menu' },
  ])
  const typed = state.typed === undefined ? [] : [say('reading:typed', typedParam(state.typed))]
  const lines = [...notUnderstood, ...typed, say('reading:which-meter')]
  const turn = ask<ReadingState>(state, lines, choices)
  return notUnderstood.length > 0 ? miss(turn) : turn
}

function typedParam(typed: string) {
  return { value: amount(quantity(BigInt(typed))) }
}

function meterChoice(meter: MeterState): Choice {
  const { place, serial, serviceName } = meter
  const key = place === '' ? 'reading:meter' : 'reading:meter-at'
  return { label: say(key, { service: serviceName, serial, place }), value: meter.meterId }
}

function takeMeter(
  ctx: Context,
  known: Known,
  state: ChooseMeter,
  input: Input,
): Turn<ReadingState> | Promise<Turn<ReadingState>> {
  if (input.kind === 'choice') {
    const page = pageAsked(input.value)
    if (page !== null) return chooseMeter(ctx, known, { ...state, page })
    const meter = known.meters.find((each) => each.meterId === input.value)
    return meter ? openMeter(ctx, meter, state.typed) : finish([])
  }
  // A number typed here is the value; which meter it is of is still to choose.
  const typed = input.kind === 'text' ? readTypedReading(input.text, known.accounts) : null
  if (!typed) return chooseMeter(ctx, known, state, [say('dialog:press-or-type')])
  const { numberKey, value } = typed
  const named = numberKey === null ? {} : { numberKey, page: 0 }
  return chooseMeter(ctx, known, { ...state, ...named, typed: value.toString() })
}

function openMeter(
  ctx: Context,
  meter: MeterState,
  typed: string | undefined,
): Turn<ReadingState> | Promise<Turn<ReadingState>> {
  const state: EnterValue = { flow: 'reading', step: 'value', meterId: meter.meterId, values: [] }
  if (typed === undefined || meter.registers.length > 1) return askValue(meter, state)
  return nextValue(ctx, meter, state, quantity(BigInt(typed)))
}

function askValue(meter: MeterState, state: EnterValue, before: Line[] = []): Turn<ReadingState> {
  const register = meter.registers[state.values.length]
  if (!register) throw new Error(`meter ${meter.meterId} has no zone ${state.values.length}`)
  const { current, previous, previousOn, zone } = register
  const { serial, serviceName, unit } = meter
  const lines = [...before]
  if (state.values.length === 0) lines.push(say('reading:of', { service: serviceName, serial }))
  const value = amount(previous)
  if (previousOn) lines.push(say('reading:last', { value, unit, day: day(previousOn) }))
  else lines.push(say('reading:installed', { value, unit }))
  if (current !== null) lines.push(say('reading:sent-already', { value: amount(current), unit }))
  lines.push(say('reading:ask-value', { zone: words(`reading:zone.${zone}`) }))
  return ask<ReadingState>(state, lines)
}

function takeValue(
  ctx: Context,
  known: Known,
  state: EnterValue,
  input: Input,
): Turn<ReadingState> | Promise<Turn<ReadingState>> {
  const meter = findMeter(known, state.meterId)
  if (!meter) return finish([say('reading:no-meters')])
  if (input.kind === 'photo') return miss(askValue(meter, state, [say('reading:photo-not-yet')]))
  const typed = input.kind === 'text' ? readTypedReading(input.text, known.accounts) : null
  if (!typed) return miss(askValue(meter, state, [say('reading:not-a-number')]))
  const { numberKey, value } = typed
  if (numberKey === null || isOf(known, meter, numberKey))
    return nextValue(ctx, meter, state, value)
  return chooseMeter(ctx, known, {
    flow: 'reading',
    step: 'meter',
    numberKey,
    typed: value.toString(),
    page: 0,
  })
}

function isOf(known: Known, meter: MeterState, numberKey: string): boolean {
  const account = known.accounts.find((each) => each.accountId === meter.accountId)
  return account?.numberKey === numberKey
}

async function nextValue(
  ctx: Context,
  meter: MeterState,
  state: EnterValue,
  value: Quantity,
): Promise<Turn<ReadingState>> {
  if (!fitsDial(value, meter.digits)) {
    return askValue(meter, state, [say('reading:too-many-digits', { count: meter.digits })])
  }
  const values = [...state.values, value.toString()]
  if (values.length < meter.registers.length) return askValue(meter, { ...state, values })
  return judgeDials(
    ctx,
    meter,
    values.map((each) => quantity(BigInt(each))),
  )
}
