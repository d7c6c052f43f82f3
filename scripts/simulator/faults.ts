import { setTimeout as sleep } from 'node:timers/promises'

/** The bots the simulator serves: residents' Telegram bot, the crews' Telegram bot, Viber. */
export const WIRES = ['telegram', 'crew', 'viber'] as const
export type Wire = (typeof WIRES)[number]

/** Shares of calls or updates between 0 and 1; what is absent never happens. */
type FaultRates = {
  /** Answered 429 (Viber: status 12) and not done. */
  rate429?: number
  /** Seconds in the 429 answer; 1 unless told. */
  retryAfter?: number
  /** Answered 502 and not done. */
  rate5xx?: number
  /** Done, but never answered. */
  timeoutAfterAcceptRate?: number
  /** The connection is cut and nothing is done. */
  resetRate?: number
  /** Updates delivered twice. */
  duplicateUpdates?: number
  /** Webhook updates that arrive after the next one of the same chat. Polling keeps its order. */
  outOfOrder?: number
  /** Webhook attempts with a wrong signature or secret. */
  badSignature?: number
  /** Every call is answered this many milliseconds later. */
  slowMs?: number
}

export const CALL_FAULTS = ['too-many', 'server-error', 'timeout-after-accept', 'reset'] as const
export const UPDATE_FAULTS = ['duplicate', 'out-of-order', 'bad-signature'] as const
type CallFault = (typeof CALL_FAULTS)[number]
type UpdateFault = (typeof UPDATE_FAULTS)[number]
type FaultKind = CallFault | UpdateFault

type NextFault = {
  /** How many times; 1 unless told. */
  count?: number
  /** Only calls of this method, any case; unless told, calls that reach a person. */
  method?: string
  /** Seconds in the 429 answer; 1 unless told. */
  retryAfter?: number
}

type Planned = { kind: FaultKind; left: number; method?: string; retryAfter: number }

export type Faults = {
  /** Replaces the rates of one bot; `{}` ends them. */
  set: (wire: Wire, rates: FaultRates) => void
  /** The next matching calls or updates fail in this way, before any rate is looked at. */
  next: (wire: Wire, kind: FaultKind, options?: NextFault) => void
  /** No faults at all, planned ones included. */
  clear: () => void
  rates: (wire: Wire) => FaultRates
  /** What befalls this call. `reaches` says whether the method reaches a person: rates spare others. */
  ofCall: (
    wire: Wire,
    method: string,
    reaches: boolean,
  ) => { kind: CallFault; retryAfter: number } | null
  ofUpdate: (wire: Wire, kind: UpdateFault) => boolean
  /** Waits as long as `slowMs` says. */
  delay: (wire: Wire) => Promise<void>
}

/** `random` returns numbers from 0 up to 1, seeded so that a run can be repeated. */
export function createFaults(random: () => number): Faults {
  const rates = new Map<Wire, FaultRates>()
  const planned = new Map<Wire, Planned[]>()

  const ratesOf = (wire: Wire) => rates.get(wire) ?? {}
  const happens = (rate: number | undefined) => rate !== undefined && random() < rate

  function takePlanned(wire: Wire, matches: (plan: Planned) => boolean): Planned | null {
    const plans = planned.get(wire) ?? []
    const plan = plans.find(matches)
    if (!plan) return null
    plan.left -= 1
    if (plan.left <= 0) plans.splice(plans.indexOf(plan), 1)
    return plan
  }

  function ofCall(wire: Wire, method: string, reaches: boolean) {
    for (const kind of CALL_FAULTS) {
      const plan = takePlanned(
        wire,
        (p) => p.kind === kind && (p.method ? p.method === method.toLowerCase() : reaches),
      )
      if (plan) return { kind, retryAfter: plan.retryAfter }
    }
    if (!reaches || !rates.has(wire)) return null
    const now = ratesOf(wire)
    const retryAfter = now.retryAfter ?? 1
    if (happens(now.resetRate)) return { kind: 'reset' as const, retryAfter }
    if (happens(now.rate429)) return { kind: 'too-many' as const, retryAfter }
    if (happens(now.rate5xx)) return { kind: 'server-error' as const, retryAfter }
    if (happens(now.timeoutAfterAcceptRate))
      return { kind: 'timeout-after-accept' as const, retryAfter }
    return null
  }

  const rateOf = { duplicate: 'duplicateUpdates', 'out-of-order': 'outOfOrder' } as const
  return {
    set: (wire, next) => void rates.set(wire, next),
    next: (wire, kind, { count = 1, method, retryAfter = 1 } = {}) => {
      const plan = {
        kind,
        left: count,
        retryAfter,
        ...(method && { method: method.toLowerCase() }),
      }
      planned.set(wire, [...(planned.get(wire) ?? []), plan])
    },
    clear: () => {
      rates.clear()
      planned.clear()
    },
    rates: ratesOf,
    ofCall,
    ofUpdate: (wire, kind) =>
      takePlanned(wire, (p) => p.kind === kind) !== null ||
      happens(ratesOf(wire)[kind === 'bad-signature' ? 'badSignature' : rateOf[kind]]),
    delay: async (wire) => {
      const { slowMs } = ratesOf(wire)
      if (slowMs) await sleep(slowMs)
    },
  }
}

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
