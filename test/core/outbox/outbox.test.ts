import { beforeEach, describe, expect, it } from '@jest/globals'
import { type Channel } from '../../../core/access/channel.ts'
import { transaction } from '../../../core/db/transaction.ts'
import { claimLetters, noteOutcomes, noteReceipt } from '../../../core/outbox/deliver.ts'
import { enqueueAnswers, enqueueNotice, LEASE_MS } from '../../../core/outbox/enqueue.ts'
import { say } from '../../../core/outbox/message.ts'
import { serverUrl } from '../../support/backends.ts'
import { testTown } from '../../support/town.ts'

const town = await testTown()
// The embedded database has one session: two workers there take turns.
const onServer = serverUrl ? describe : describe.skip

beforeEach(async () => {
  town.clock.set('2026-11-05T10:00:00Z')
  await town.sql.run`truncate outbox restart identity`
})

const letter = (key: string, channel: Channel = 'telegram') => ({
  channel,
  externalId: '77',
  language: 'uk',
  message: { lines: [say(key)] },
})
const notify = (key: string) => enqueueNotice(town, { ...letter(key), dedupeKey: key })
const answer = (...keys: string[]) =>
  enqueueAnswers(
    town,
    keys.map((key) => letter(key)),
  )
type Sent = { id: bigint; message: { lines: { key: string }[] } }
const keysOf = (letters: readonly Sent[]) => letters.map((each) => each.message.lines[0]?.key)
const claim = async (limit = 10) => keysOf(await claimLetters(town, limit))
const afterLease = () => town.clock.advance({ seconds: LEASE_MS / 1000 })
const rows = () => town.sql.many`
  select state, message_id, error, attempts, sent_at from outbox order by id`
const stateOf = async (id: bigint) => {
  const { state } = await town.sql.one<{ state: string }>`
    select state from outbox where id = ${id}`
  return state
}

describe('an answer', () => {
  it('belongs to whoever queued it until the lease ends', async () => {
    const queued = await answer('one', 'two')
    expect(queued).toEqual([
      { ...letter('one'), id: 1n, lane: 0, attempts: 0 },
      { ...letter('two'), id: 2n, lane: 0, attempts: 0 },
    ])
    expect(await claim()).toEqual([])
    afterLease()
    expect(await claim()).toEqual(['one', 'two'])
  })

  it('is not queued when the fact it tells is not committed', async () => {
    const failing = transaction(town, async (tx) => {
      await enqueueAnswers(tx, [letter('one')])
      throw new Error('killed')
    })
    await expect(failing).rejects.toThrow('killed')
    afterLease()
    expect(await claim()).toEqual([])
  })

  it('is none when there is nothing to say', async () => {
    expect(await answer()).toEqual([])
  })
})

describe('a notice', () => {
  it('is queued once for one fact', async () => {
    await notify('bill')
    await notify('bill')
    expect(await claim()).toEqual(['bill'])
  })

  it('waits while answers are taken first', async () => {
    await notify('bill')
    await answer('one')
    afterLease()
    expect(await claim(1)).toEqual(['one'])
    expect(await claim(1)).toEqual(['bill'])
  })
})

describe('a letter taken', () => {
  it('is nobody else’s until its lease ends, then it is taken again', async () => {
    await notify('bill')
    expect(await claim()).toEqual(['bill'])
    expect(await claim()).toEqual([])
    afterLease()
    expect(await claim()).toEqual(['bill'])
  })

  it('that was sent is not taken again', async () => {
    await notify('bill')
    const [first] = await claimLetters(town, 1)
    await noteOutcomes(town, [{ id: first?.id ?? 0n, sent: true, messageId: 'm1' }])
    afterLease()
    expect(await claim()).toEqual([])
    expect(await rows()).toEqual([
      {
        state: 'sent',
        message_id: 'm1',
        error: null,
        attempts: 1,
        sent_at: new Date('2026-11-05T10:00:00Z'),
      },
    ])
  })

  it.each(['unreachable', 'failed'] as const)('that is %s is given up', async (then) => {
    await notify('bill')
    const [first] = await claimLetters(town, 1)
    await noteOutcomes(town, [{ id: first?.id ?? 0n, sent: false, then, error: '403' }])
    afterLease()
    expect(await claim()).toEqual([])
    expect(await rows()).toMatchObject([{ state: then, error: '403', attempts: 1, sent_at: null }])
  })

  it('that must wait is taken again when the messenger said, and counts its tries', async () => {
    await notify('bill')
    const [first] = await claimLetters(town, 1)
    const id = first?.id ?? 0n
    await noteOutcomes(town, [
      { id, sent: false, then: 'again', tried: true, afterMs: 61_500, error: '429' },
    ])
    town.clock.advance({ seconds: 61 })
    expect(await claim()).toEqual([])
    town.clock.advance({ seconds: 1 })
    expect(await claimLetters(town, 1)).toMatchObject([{ id, attempts: 1 }])
  })

  it('keeps its first outcome; many are noted at once', async () => {
    const [one, two, three] = await answer('one', 'two', 'three')
    const ids = [one?.id ?? 0n, two?.id ?? 0n, three?.id ?? 0n] as const
    await noteOutcomes(town, [
      { id: ids[0], sent: true, messageId: 'm1' },
      { id: ids[1], sent: false, then: 'failed', error: '400' },
    ])
    await noteOutcomes(town, [
      { id: ids[0], sent: false, then: 'failed', error: '500' },
      { id: ids[2], sent: true, messageId: 'm3' },
    ])
    expect(await rows()).toMatchObject([
      { state: 'sent', message_id: 'm1', attempts: 1 },
      { state: 'failed', error: '400' },
      { state: 'sent', message_id: 'm3' },
    ])
  })
})

describe('news of a sent message', () => {
  const send = async (channel: Channel = 'viber') => {
    const [queued] = await enqueueAnswers(town, [letter('one', channel)])
    const id = queued?.id ?? 0n
    await noteOutcomes(town, [{ id, sent: true, messageId: 'm1' }])
    return id
  }
  type State = 'delivered' | 'seen' | 'failed'

  it.each<[State[], string]>([
    [['delivered'], 'delivered'],
    [['delivered', 'seen'], 'seen'],
    [['seen', 'delivered'], 'seen'],
    [['seen', 'failed'], 'seen'],
    [['delivered', 'failed'], 'delivered'],
    [['failed'], 'failed'],
    [['failed', 'delivered'], 'failed'],
    [['delivered', 'delivered'], 'delivered'],
  ])('%j leaves it %s: never backwards', async (news, expected) => {
    const id = await send()
    for (const state of news) await noteReceipt(town, { channel: 'viber', messageId: 'm1', state })
    expect(await stateOf(id)).toBe(expected)
  })

  it('of the same number in another messenger is of another message', async () => {
    const id = await send('telegram')
    await noteReceipt(town, { channel: 'viber', messageId: 'm1', state: 'seen' })
    expect(await stateOf(id)).toBe('sent')
  })
})

onServer('two workers', () => {
  it('never take one letter, also when both ask at the same moment', async () => {
    const all = Array.from({ length: 60 }, (_, index) => `notice ${index}`)
    for (const key of all) await notify(key)
    const taken: (string | undefined)[] = []
    const worker = async () => {
      for (let keys = await claim(7); keys.length > 0; keys = await claim(7)) taken.push(...keys)
    }
    await Promise.all([worker(), worker(), worker()])
    expect(taken).toHaveLength(all.length)
    expect(new Set(taken)).toEqual(new Set(all))
  })

  it('do not wait for each other', async () => {
    await notify('one')
    await notify('two')
    const taken = await transaction(town, async (tx) => {
      const first = keysOf(await claimLetters(tx, 1))
      return [first, await claim()]
    })
    expect(taken).toEqual([['one'], ['two']])
  })
})
