import { beforeEach, describe, expect, it } from '@jest/globals'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider } from '../../support/world.ts'
import { book, entry, NOVEMBER, OCTOBER } from './books.ts'
import { faultsOf } from './faults.ts'

const town = await testTown()
const providerId = await addProvider(town)
const other = await addProvider(town)
const water = await addAgreement(town, { providerId })
const sewage = await addAgreement(town, { providerId })
const heat = await addAgreement(town, { providerId: other })
// Somebody with all rights on the database changes rows past the triggers.
await town.sql.unsafe(`
  alter table entry disable trigger user;
  alter table posting disable trigger user;
  drop index entry_posting_id_ordinal_key, entry_source_kind_source_id_line_period_key`)

// Four postings of the provider, ids 1 2 3 5, and one of another, id 4; entries 1 … 9 in this order.
beforeEach(async () => {
  await town.sql.unsafe('truncate entry, posting, journal, statement restart identity')
  const at = (agreementId: number) => ({ agreementId, providerId })
  await book(town, providerId, [entry(at(water), 1), entry(at(sewage), 2)])
  await book(town, providerId, [
    entry(at(water), 3),
    entry(at(water), 4, { period: NOVEMBER }),
    entry(at(sewage), 5, { kind: 'payment' }),
  ])
  await book(town, providerId, [entry(at(sewage), 6, { kind: 'penalty' })])
  await book(town, other, [entry({ agreementId: heat, providerId: other }, 7)])
  await book(town, providerId, [entry(at(water), 8), entry(at(sewage), 9)])
})

const wrong = (agreementId: number, period: number) => ({
  fault: 'statement-wrong',
  agreementId,
  period,
})
const altered = (entryId: bigint, postingId: bigint) => ({
  fault: 'entry-altered',
  entryId,
  postingId,
})
const extra = (entryId: bigint, postingId: bigint) => ({
  ...altered(entryId, postingId),
  fault: 'entry-extra',
})
const missing = (postingId: bigint, ordinal: number) => ({
  fault: 'entry-missing',
  postingId,
  ordinal,
})
const postingAltered = (postingId: bigint) => ({ fault: 'posting-altered', postingId })
const postingMissing = (afterPostingId: bigint | null) => ({
  fault: 'posting-missing',
  afterPostingId,
  providerId,
})
const journalAltered = { fault: 'journal-altered', providerId }

const COPY = `insert into entry (posting_id, ordinal, kind, from_id, to_id, amount, effective_on,
  period, booked_at, source_kind, source_id, line) select posting_id, ordinal, kind, from_id, to_id,
  amount, effective_on, period, booked_at, source_kind, source_id, line from entry where id = 3`
const COPY_ELSEWHERE = COPY.replace(
  'posting_id, ordinal, kind, from_id, to_id,\n',
  '5, 3, kind, from_id, to_id,\n',
)
const COPY_POSTING = `insert into posting (provider_id, booked_at, author, entry_count,
  previous_hash, manifest, hash) select provider_id, booked_at, author, entry_count, previous_hash,
  manifest, hash from posting where id = `
/** A statement that agrees with the changed entries: the trace is wiped there. */
const AGREE = `update statement set accrued = accrued + 1, closing = closing + 1 where agreement_id =
  ${water} and period = ${OCTOBER}; update statement set opening = opening + 1, closing = closing + 1
  where agreement_id = ${water} and period = ${NOVEMBER}`

describe('verify', () => {
  it('finds nothing wrong in an untouched town', async () => {
    expect(await faultsOf(town)).toEqual([])
  })

  it.each([
    [
      'an amount',
      'update entry set amount = amount + 1 where id = 1',
      [altered(1n, 1n), wrong(water, OCTOBER), wrong(water, NOVEMBER)],
    ],
    [
      'an amount and the statements with it',
      `update entry set amount = amount + 1 where id = 1; ${AGREE}`,
      [altered(1n, 1n)],
    ],
    [
      'the day it counts from',
      "update entry set effective_on = '2026-10-16' where id = 3",
      [altered(3n, 2n)],
    ],
    [
      'the instant of booking of an entry',
      "update entry set booked_at = booked_at - interval '1 day' where id = 3",
      [altered(3n, 2n)],
    ],
    [
      'the month',
      `update entry set period = ${OCTOBER} where id = 4`,
      [altered(4n, 2n), wrong(water, OCTOBER), wrong(water, NOVEMBER)],
    ],
    [
      'the side',
      `update entry set to_id = ${sewage} where id = 8`,
      [altered(8n, 5n), wrong(water, OCTOBER), wrong(water, NOVEMBER), wrong(sewage, OCTOBER)],
    ],
    ['the reason', "update entry set reason = 'so' where id = 2", [altered(2n, 1n)]],
    ['the source', 'update entry set source_id = 99 where id = 2', [altered(2n, 1n)]],
    [
      'two entries changed places',
      'update entry set ordinal = 3 - ordinal where posting_id = 1',
      [altered(2n, 1n), altered(1n, 1n)],
    ],
  ])('names an entry altered: %s', async (_, tampering, faults) => {
    await town.sql.unsafe(tampering)
    expect(await faultsOf(town)).toEqual(faults)
  })

  it.each([
    [
      'the first of its posting deleted',
      'delete from entry where id = 3',
      [missing(2n, 1), wrong(water, OCTOBER), wrong(water, NOVEMBER)],
    ],
    [
      'the last of its posting deleted',
      'delete from entry where id = 5',
      [missing(2n, 3), wrong(sewage, OCTOBER)],
    ],
    [
      'all of a posting deleted',
      'delete from entry where posting_id = 1',
      [
        missing(1n, 1),
        missing(1n, 2),
        wrong(water, OCTOBER),
        wrong(water, NOVEMBER),
        wrong(sewage, OCTOBER),
      ],
    ],
    ['doubled', COPY, [extra(10n, 2n), wrong(water, OCTOBER), wrong(water, NOVEMBER)]],
    [
      'doubled into another posting',
      COPY_ELSEWHERE,
      [extra(10n, 5n), wrong(water, OCTOBER), wrong(water, NOVEMBER)],
    ],
    [
      'moved to another posting',
      'update entry set posting_id = 5, ordinal = 3 where id = 5',
      [missing(2n, 3), extra(5n, 5n)],
    ],
    [
      'moved to a posting that never was',
      'update entry set posting_id = 77 where id = 5',
      [missing(2n, 3), extra(5n, 77n)],
    ],
  ])('names an entry %s', async (_, tampering, faults) => {
    await town.sql.unsafe(tampering)
    expect(await faultsOf(town)).toEqual(faults)
  })

  it.each([
    ['its author', "update posting set author = 'me' where id = 2"],
    ['its instant', "update posting set booked_at = booked_at - interval '1 h' where id = 2"],
    ['its count', 'update posting set entry_count = entry_count + 1 where id = 2'],
    ['its smaller count', 'update posting set entry_count = entry_count - 1 where id = 2'],
    [
      'its manifest',
      'update posting set manifest = set_byte(manifest, 0, get_byte(manifest, 0) # 1) where id = 2',
    ],
    ['its cut manifest', 'update posting set manifest = substr(manifest, 1, 16) where id = 2'],
    ['its hash', 'update posting set hash = previous_hash where id = 2'],
    ['its previous hash', 'update posting set previous_hash = hash where id = 2'],
  ])('names a posting altered, and it alone: %s', async (_, tampering) => {
    await town.sql.unsafe(tampering)
    expect(await faultsOf(town)).toEqual([postingAltered(2n)])
  })

  it('names the first and the last posting altered, and them alone', async () => {
    await town.sql.unsafe('update posting set hash = manifest where id in (1, 5)')
    expect(await faultsOf(town)).toEqual([postingAltered(1n), postingAltered(5n)])
  })

  it.each([
    ['the first', 1, [postingMissing(null), extra(1n, 1n), extra(2n, 1n)]],
    ['one between', 3, [postingMissing(2n), extra(6n, 3n)]],
    ['the last', 5, [postingMissing(3n), extra(8n, 5n), extra(9n, 5n)]],
  ])('names a posting deleted: %s', async (_, id, faults) => {
    await town.sql.unsafe('delete from posting where id = $1', [id])
    expect(await faultsOf(town)).toEqual(faults)
  })

  it('names the last posting deleted with its entries', async () => {
    await town.sql.unsafe(
      'delete from posting where id = 5; delete from entry where posting_id = 5',
    )
    expect(await faultsOf(town)).toEqual([
      postingMissing(3n),
      wrong(water, OCTOBER),
      wrong(water, NOVEMBER),
      wrong(sewage, OCTOBER),
    ])
  })

  it('names every posting of a provider deleted', async () => {
    await town.sql.unsafe(`delete from posting where provider_id = ${other}`)
    expect(await faultsOf(town)).toEqual([
      { fault: 'posting-missing', afterPostingId: null, providerId: other },
      extra(7n, 4n),
    ])
  })

  it.each([
    ['the last', 5],
    ['an earlier one', 2],
  ])('names a posting doubled: %s', async (_, id) => {
    await town.sql.unsafe(COPY_POSTING + id)
    expect(await faultsOf(town)).toEqual([{ fault: 'posting-extra', postingId: 6n }])
  })

  it('names a posting given to another provider', async () => {
    await town.sql.unsafe(`update posting set provider_id = ${other} where id = 3`)
    expect(await faultsOf(town)).toEqual([postingMissing(2n), postingAltered(3n)])
  })

  it.each([
    ['gone', `delete from journal where provider_id = ${providerId}`],
    ['of another hash', `update journal set last_hash = '\\x00' where provider_id = ${providerId}`],
    [
      'of an earlier posting',
      `update journal set (last_posting_id, last_hash) = (select id, hash from posting where id = 3)
        where provider_id = ${providerId}`,
    ],
  ])('names the head of the chain altered: %s', async (_, tampering) => {
    await town.sql.unsafe(tampering)
    expect(await faultsOf(town)).toEqual([journalAltered])
  })

  it.each([
    [
      'wrong',
      `update statement set paid = paid + 1, accrued = accrued + 1 where agreement_id = ${water} and
        period = ${NOVEMBER}`,
      wrong(water, NOVEMBER),
    ],
    ['missing', `delete from statement where agreement_id = ${sewage}`, wrong(sewage, OCTOBER)],
    [
      'extra',
      `insert into statement select agreement_id, 202612, closing, 0, 0, 0, 0, 0, 0, 0, closing
        from statement where agreement_id = ${sewage}`,
      wrong(sewage, 202612),
    ],
    [
      'of an agreement nobody knows',
      'insert into statement values (999, 202612, 0, 0, 0, 0, 0, 0, 0, 0, 0)',
      wrong(999, 202612),
    ],
  ])('names a statement %s', async (_, tampering, fault) => {
    await town.sql.unsafe(tampering)
    expect(await faultsOf(town)).toEqual([fault])
  })
})
