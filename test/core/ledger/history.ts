import assert from 'node:assert/strict'
import fc from 'fast-check'
import { settleAsOf } from '../../../core/ledger/as-of.ts'
import { type NewEntry } from '../../../core/ledger/entry.ts'
import { PLACE_KINDS, type PlaceKind } from '../../../core/ledger/entry-kind.ts'
import { debtMovement, movement, placeMovement } from '../../../core/ledger/movement.ts'
import { post } from '../../../core/ledger/post.ts'
import { readStatements } from '../../../core/ledger/read-statements.ts'
import { reversalsOf } from '../../../core/ledger/reverse.ts'
import { type Statement } from '../../../core/ledger/statement.ts'
import { kopecks } from '../../../core/money.ts'
import { type Period, type PlainDate } from '../../../core/period.ts'
import { accept } from '../../../core/result.ts'
import { type TestTown } from '../../support/town.ts'
import { addAccount, addAgreement, addProvider } from '../../support/world.ts'
import { type Change, type ModelKind, RULES } from './model.ts'

const AGREEMENTS = 3
/** Months of the histories: over a turn of the year. */
const MONTHS = [202610, 202611, 202612, 202701, 202702, 202703]
const FIRST_INSTANT = '2027-03-20T09:00:00Z'

type Line =
  | { what: 'figure'; kind: ModelKind; at: number; amount: number; month: number; day: number }
  | { what: 'debt'; from: number; apart: number; amount: number; month: number; day: number }
  | { what: 'place'; kind: PlaceKind; amount: number; month: number; day: number }

export type Step =
  | { do: 'book'; lines: Line[]; afterMs: number }
  | { do: 'reverse'; picks: number[]; lastIssued: number | null; afterMs: number }
  | { do: 'replay'; pick: number; afterMs: number }
  | { do: 'conflict'; pick: number; lines: Line[]; afterMs: number }
  | { do: 'ask'; agoMs: number; afterMs: number }

const when = { month: fc.nat(MONTHS.length - 1), day: fc.integer({ min: 1, max: 28 }) }
const positive = fc.integer({ min: 1, max: 500_000 })
const line: fc.Arbitrary<Line> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('figure' as const),
      kind: fc.constantFrom(...(Object.keys(RULES) as ModelKind[])),
      at: fc.nat(AGREEMENTS - 1),
      amount: fc.oneof(
        positive,
        positive.map((amount) => -amount),
      ),
      ...when,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('debt' as const),
      from: fc.nat(AGREEMENTS - 1),
      apart: fc.integer({ min: 1, max: AGREEMENTS - 1 }),
      amount: positive,
      ...when,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('place' as const),
      kind: fc.constantFrom(...(Object.keys(PLACE_KINDS) as PlaceKind[])),
      amount: positive,
      ...when,
    }),
  },
)
const lines = fc.array(line, { minLength: 1, maxLength: 6 })
// The clock may also go back: another machine's, or the same one corrected.
const afterMs = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 86_400_000 }),
  fc.integer({ min: -600_000, max: -1 }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('book' as const), lines, afterMs }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reverse' as const),
      picks: fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }),
      lastIssued: fc.option(fc.constantFrom(...MONTHS)),
      afterMs,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('replay' as const), pick: fc.nat(99), afterMs }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('conflict' as const),
      pick: fc.nat(99),
      lines,
      afterMs,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      agoMs: fc.nat(172_800_000),
      afterMs,
    }),
  },
)

/** What happens to the books of a provider with three agreements. */
export const steps = fc.array(step, { minLength: 3, maxLength: 14 })

/**
 * An entry of the history: what was posted, what it did, whether it was taken back, and whether it
 * takes a standing entry back itself (the reversal of a reversal stands again).
 */
type Booked = { entry: NewEntry; changes: Change[]; reversed: boolean; undoes: boolean }
type Asked = { asOf: Date; answers: Statement[][] }

/** A provider's books, and beside them the list of changes the model adds up. */
export class History {
  readonly town: TestTown
  readonly providerId: number
  readonly agreementIds: readonly number[]
  readonly booked: Booked[] = []
  readonly asked: Asked[] = []
  private readonly batches: NewEntry[][] = []
  private watermarkMs = 0

  static async open(town: TestTown): Promise<History> {
    town.clock.set(FIRST_INSTANT)
    const providerId = await addProvider(town)
    const accountId = await addAccount(town, { providerId })
    const agreementIds: number[] = []
    for (let index = 0; index < AGREEMENTS; index++)
      agreementIds.push(await addAgreement(town, { providerId, accountId }))
    return new History(town, providerId, agreementIds)
  }

  private constructor(town: TestTown, providerId: number, agreementIds: readonly number[]) {
    this.town = town
    this.providerId = providerId
    this.agreementIds = agreementIds
  }

  /** Entries that count: neither taken back nor taking back. */
  get standing(): Booked[] {
    return this.booked.filter((each) => !each.reversed && !each.undoes)
  }

  get changes(): Change[] {
    return this.booked.flatMap((each) => each.changes)
  }

  async play(all: readonly Step[]): Promise<this> {
    for (const next of all) {
      this.town.clock.advance({ seconds: next.afterMs / 1000 })
      await this.take(next)
    }
    return this
  }

  private async take(next: Step): Promise<void> {
    switch (next.do) {
      case 'book':
        return this.book(next.lines)
      case 'reverse':
        return this.reverse(pick(this.booked, next.picks), next.lastIssued)
      case 'replay':
        return this.replay(this.batches[next.pick % this.batches.length])
      case 'conflict':
        return this.conflict(this.booked[next.pick % this.booked.length]?.entry, next.lines)
      case 'ask':
        return this.ask(new Date(this.town.now().getTime() - next.agoMs))
    }
  }

  private async book(given: readonly Line[]): Promise<void> {
    const drafts = given.map((each) => this.draft(each))
    await this.commit(drafts.map((draft) => ({ ...draft, reversed: false, undoes: false })))
  }

  /** Takes entries back; those taken back before are given too, and must be left out. */
  async reverse(chosen: readonly Booked[], lastIssued: number | null): Promise<void> {
    const entryIds = await this.idsOf(chosen)
    const open = chosen.filter((each) => !each.reversed)
    const reversals = await reversalsOf(this.town, {
      entryIds,
      lastIssued: lastIssued as Period | null,
      reason: 'test',
    })
    const drafts = open.map((original): Booked => {
      const { kind, period } = original.entry
      const stays = kind === OPENING_CODE || lastIssued === null || period > lastIssued
      const month = stays ? period : monthAfter(lastIssued)
      const changes = original.changes.map((change) => ({
        ...change,
        period: month,
        debt: 0n - change.debt,
      }))
      const id = entryIds[chosen.indexOf(original)]
      const entry = reversals.find((each) => each.reversesId === id)
      if (!entry) throw new Error(`no reversal of entry ${id}`)
      original.reversed = true
      return { entry, changes, reversed: false, undoes: !original.undoes }
    })
    assert.equal(reversals.length, drafts.length)
    if (drafts.length > 0) await this.commit(drafts)
  }

  private async commit(drafts: Booked[]): Promise<void> {
    const entries = drafts.map((draft) => draft.entry)
    const bookedAtMs = Math.max(this.town.now().getTime(), this.watermarkMs + 1)
    this.watermarkMs = bookedAtMs
    const posted = await post(this.town, { providerId: this.providerId, author: 'test', entries })
    assert(posted.ok)
    assert.equal(posted.value.booked, entries.length)
    assert.equal(posted.value.replayed, false)
    const { booked_at } = await this.town.sql.one<{ booked_at: Date }>`
      select booked_at from posting where provider_id = ${this.providerId}
      order by id desc limit 1`
    assert.equal(booked_at.getTime(), bookedAtMs)
    this.batches.push(entries)
    for (const draft of drafts) {
      const changes = draft.changes.map((change) => ({ ...change, bookedAtMs }))
      this.booked.push({ ...draft, changes })
    }
  }

  private async replay(batch: NewEntry[] | undefined): Promise<void> {
    if (!batch) return
    const again = await post(this.town, {
      providerId: this.providerId,
      author: 'somebody else',
      entries: batch.toReversed(),
    })
    assert.deepEqual(again, accept({ postingId: null, booked: 0, replayed: true }))
  }

  private async conflict(known: NewEntry | undefined, given: readonly Line[]): Promise<void> {
    if (!known) return
    const other = { ...known, amount: kopecks(known.amount + 1n) }
    const fresh = given.map((each) => this.draft(each).entry)
    const refused = await post(this.town, {
      providerId: this.providerId,
      author: 'test',
      entries: [...fresh, other],
    })
    assert(!refused.ok)
    assert.equal(refused.code, 'key-conflict')
  }

  private async ask(asOf: Date): Promise<void> {
    assert.deepEqual(await settleAsOf(this.town, this.providerId, asOf), accept(undefined))
    this.watermarkMs = Math.max(this.watermarkMs, asOf.getTime())
    this.asked.push({ asOf, answers: await this.statements(asOf) })
  }

  /** Months of every agreement as the code tells them, oldest first. */
  statements(asOf?: Date): Promise<Statement[][]> {
    return Promise.all(
      this.agreementIds.map(async (agreementId) => {
        const options = asOf ? { limit: 100, asOf } : { limit: 100 }
        return (await readStatements(this.town, agreementId, options)).reverse()
      }),
    )
  }

  private draft(given: Line): { entry: NewEntry; changes: Change[] } {
    const period = MONTHS[given.month] as Period
    const effectiveOn = dayOf(period, given.day)
    const source = { source: 'operator', sourceId: nextSource(), line: 0 } as const
    const { changes, moved } = this.move(given, period)
    return { entry: { ...moved, ...source, effectiveOn, period }, changes }
  }

  private move(given: Line, period: number) {
    const { providerId } = this
    const amount = kopecks(given.amount)
    if (given.what === 'place')
      return { moved: placeMovement(given.kind, providerId, amount), changes: [] }
    if (given.what === 'debt') {
      const from = this.agreement(given.from)
      const to = this.agreement(given.from + given.apart)
      const change = { period, column: 'correction', bookedAtMs: 0 } as const
      return {
        moved: debtMovement(from, to, amount),
        changes: [
          { ...change, agreementId: from, debt: -BigInt(given.amount) },
          { ...change, agreementId: to, debt: BigInt(given.amount) },
        ],
      }
    }
    const agreementId = this.agreement(given.at)
    const moved = movement(given.kind, { agreementId, providerId }, amount)
    if (!moved) throw new Error('an amount of 0 moved')
    const [column, effect] = RULES[given.kind]
    const debt = BigInt(given.amount * effect)
    return { moved, changes: [{ agreementId, period, column, debt, bookedAtMs: 0 }] }
  }

  private agreement(index: number): number {
    const id = this.agreementIds[index % AGREEMENTS]
    if (id === undefined) throw new Error('the provider has no agreements')
    return id
  }

  private async idsOf(chosen: readonly Booked[]): Promise<bigint[]> {
    const ids: bigint[] = []
    for (const { entry } of chosen) {
      const { id } = await this.town.sql.one<{ id: bigint }>`
        select id from entry where source_kind = ${entry.source === 'operator' ? 4 : 5}
          and source_id = ${entry.sourceId} and line = ${entry.line} and period = ${entry.period}`
      ids.push(id)
    }
    return ids
  }
}

/** Code of openings in the journal. */
const OPENING_CODE = 1

let sources = 0n
function nextSource(): bigint {
  sources += 1n
  return sources
}

function pick<T>(all: readonly T[], indexes: readonly number[]): T[] {
  if (all.length === 0) return []
  return [...new Set(indexes.map((index) => all[index % all.length] as T))]
}

function dayOf(period: number, day: number): PlainDate {
  const text = String(period)
  return `${text.slice(0, 4)}-${text.slice(4)}-${String(day).padStart(2, '0')}` as PlainDate
}

function monthAfter(period: number): number {
  return period % 100 === 12 ? period + 89 : period + 1
}
