import { beforeEach, describe, expect, it } from '@jest/globals'
import { type Context } from '../../../core/context.ts'
import { transaction } from '../../../core/db/transaction.ts'
import { type NewUpdate, openInbox } from '../../../core/inbox/accept-update.ts'
import {
  ATTEMPTS_MAX,
  claimUpdates,
  markHandled,
  noteFailure,
  type StoredUpdate,
} from '../../../core/inbox/claim-updates.ts'
import { serverUrl } from '../../support/backends.ts'
import { testTown } from '../../support/town.ts'

const town = await testTown()
// The embedded database has one session: two workers there take turns.
const onServer = serverUrl ? describe : describe.skip

beforeEach(async () => {
  await town.sql.run`truncate inbox restart identity`
})

const update = (updateId: string, chat = 'a'): NewUpdate => ({
  channel: 'telegram',
  updateId,
  chat,
  payload: { text: updateId },
})
const textOf = ({ payload }: StoredUpdate) => (payload as { text: string }).text

/** Stores updates one after another. */
async function receive(...updates: NewUpdate[]): Promise<void> {
  const inbox = openInbox(town, () => {})
  for (const each of updates) await inbox.accept(each)
}

/** Handles what one claim gives; gives the texts of what it took. */
const handle = (limit = 10, ctx: Context = town) =>
  transaction(ctx, async (tx) => {
    const updates = await claimUpdates(tx, limit)
    await markHandled(
      tx,
      updates.map((each) => each.id),
    )
    return updates.map(textOf)
  })

describe('an update', () => {
  it('is stored when it is answered, and the worker is woken', async () => {
    let woken = 0
    const inbox = openInbox(town, () => void (woken += 1))
    expect(await inbox.accept(update('1'))).toBe(true)
    expect(woken).toBe(1)
    expect(await town.sql.many`select channel, update_id, chat, payload, state from inbox`).toEqual(
      [
        {
          channel: 'telegram',
          update_id: '1',
          chat: 'a',
          payload: { text: '1' },
          state: 'waiting',
        },
      ],
    )
  })

  it('that is known is not stored again, handled or not', async () => {
    const inbox = openInbox(town, () => {})
    await inbox.accept(update('1'))
    expect(await inbox.accept(update('1'))).toBe(false)
    expect(await handle()).toEqual(['1'])
    expect(await inbox.accept(update('1'))).toBe(false)
    expect(await handle()).toEqual([])
  })

  it('with the number of another messenger is another one', async () => {
    const inbox = openInbox(town, () => {})
    await inbox.accept(update('1'))
    expect(await inbox.accept({ ...update('1'), channel: 'viber' })).toBe(true)
  })

  it('in a burst shares a commit, keeps its order, and known ones are told apart', async () => {
    let commits = 0
    const inbox = openInbox(town, () => void (commits += 1))
    await inbox.accept(update('7'))
    const numbers = Array.from({ length: 40 }, (_, index) => String(index))
    const answers = await Promise.all(numbers.map((number) => inbox.accept(update(number))))
    expect(answers.map((fresh, index) => [index, fresh])).toEqual(
      numbers.map((number, index) => [index, number !== '7']),
    )
    expect(commits).toBeLessThan(5)
    const rows = await town.sql.many<{ update_id: string }>`
      select update_id from inbox order by id`
    expect(rows.map((row) => row.update_id)).toEqual(['7', ...numbers.filter((n) => n !== '7')])
  })

  it('twice in one burst is stored once', async () => {
    const inbox = openInbox(town, () => {})
    await Promise.all([inbox.accept(update('1')), inbox.accept(update('1'))])
    expect(await handle()).toEqual(['1'])
  })

  it('that cannot be stored is not answered, and the next one is', async () => {
    const inbox = openInbox(town, () => {})
    const wrong = inbox.accept({ ...update('1'), chat: '\0' })
    await expect(wrong).rejects.toThrow('invalid byte sequence')
    expect(await inbox.accept(update('2'))).toBe(true)
  })
})

describe('a claim', () => {
  it('takes the earliest of each chat, at most as many as asked, in the order of arrival', async () => {
    await receive(update('a1'), update('b1', 'b'), update('a2'), update('c1', 'c'))
    expect(await handle(2)).toEqual(['a1', 'b1'])
    expect(await handle()).toEqual(['a2', 'c1'])
    expect(await handle()).toEqual([])
  })

  it('that failed gives its updates back', async () => {
    await receive(update('a1'), update('a2'))
    const failing = transaction(town, async (tx) => {
      const updates = await claimUpdates(tx, 10)
      await markHandled(
        tx,
        updates.map((each) => each.id),
      )
      throw new Error('killed')
    })
    await expect(failing).rejects.toThrow('killed')
    expect(await handle()).toEqual(['a1'])
  })

  it('puts an update aside after the last try, and its chat goes on', async () => {
    await receive(update('a1'), update('a2'))
    const tries = []
    for (let count = 0; count < ATTEMPTS_MAX; count++) {
      const [first] = await claimUpdates(town, 1)
      if (!first) throw new Error('nothing to claim')
      tries.push([textOf(first), first.attempts, await noteFailure(town, first.id, 'TypeError')])
    }
    expect(tries).toEqual([
      ['a1', 0, false],
      ['a1', 1, false],
      ['a1', 2, true],
    ])
    expect(await handle()).toEqual(['a2'])
    expect(
      await town.sql.one`select state, error, attempts from inbox where update_id = 'a1'`,
    ).toEqual({ state: 'failed', error: 'TypeError', attempts: ATTEMPTS_MAX })
  })
})

onServer('two workers', () => {
  it('do not take updates of one chat at the same time', async () => {
    await receive(update('a1'), update('a2'), update('b1', 'b'))
    const taken = await transaction(town, async (tx) => {
      const first = await claimUpdates(tx, 1)
      return [first.map(textOf), await handle()]
    })
    expect(taken).toEqual([['a1'], ['b1']])
    expect(await handle()).toEqual(['a1'])
    expect(await handle()).toEqual(['a2'])
  })

  it('handle each chat in order and each update once', async () => {
    const chats = ['a', 'b', 'c', 'd']
    const numbers = Array.from({ length: 12 }, (_, index) => index)
    await receive(
      ...numbers.flatMap((number) => chats.map((chat) => update(`${chat}${number}`, chat))),
    )
    const handled: string[] = []
    const work = () =>
      transaction(town, async (tx) => {
        const updates = await claimUpdates(tx, 2)
        handled.push(...updates.map(textOf))
        await markHandled(
          tx,
          updates.map((each) => each.id),
        )
        return updates.length
      })
    const worker = async () => {
      while ((await work()) > 0 || handled.length < chats.length * numbers.length);
    }
    await Promise.all([worker(), worker()])
    for (const chat of chats)
      expect(handled.filter((text) => text.startsWith(chat))).toEqual(
        numbers.map((number) => `${chat}${number}`),
      )
  })
})
