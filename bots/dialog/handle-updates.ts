import { type Channel } from '../../core/access/channel.ts'
import { meetPerson, type Person, setReachable } from '../../core/access/person.ts'
import { readLinkedAccounts } from '../../core/access/linked-accounts.ts'
import { type Context } from '../../core/context.ts'
import { claimUpdates, markHandled, type StoredUpdate } from '../../core/inbox/claim-updates.ts'
import {
  type Conversation,
  readConversations,
  saveConversations,
} from '../../core/inbox/conversations.ts'
import { noteReceipt } from '../../core/outbox/deliver.ts'
import { enqueueAnswers, type Letter, type QueuedLetter } from '../../core/outbox/enqueue.ts'
import { say } from '../../core/outbox/message.ts'
import { LANGUAGES } from '../../templates/translate.ts'
import { type DialogState, type Engine, takeTurn } from './engine.ts'
import { type Receipt, type Update } from './input.ts'
import { join, openBatch, type Visitor } from './visitor.ts'

/** How an adapter reads what its messenger sent. */
export type UpdateReader = (payload: object) => Update

/** A pressed button to acknowledge at once; `stale` when it was not among those offered. */
type Press = { channel: Channel; callbackId: string; language: string; stale: boolean }

export type Handled = {
  count: number
  letters: QueuedLetter[]
  presses: Press[]
  receipts: Receipt[]
}

type Known = Conversation & Visitor
type Said = Extract<Update, { kind: 'said' }>
type Work = {
  ctx: Context
  engine: Engine
  known: Map<string, Known>
  letters: Letter[]
  presses: Press[]
  receipts: Receipt[]
  dialogs: { identityId: number; state: object; choices: object }[]
}

/**
 * Handles the next update of up to `limit` chats in one transaction: turns, dialogs, answers and
 * the mark that they are handled commit together or not at all. Gives null when nothing waits.
 * `onClaimed` tells which updates a failure was about.
 */
export function handleUpdates(
  ctx: Context,
  engine: Engine,
  readers: Record<Channel, UpdateReader>,
  options: { limit: number; onClaimed: (claimed: readonly StoredUpdate[]) => void },
): Promise<Handled | null> {
  return ctx.sql.transaction(async (sql) => {
    const tx = { ...ctx, sql }
    const claimed = await claimUpdates(tx, options.limit)
    if (claimed.length === 0) return null
    options.onClaimed(claimed)
    const updates = claimed.map((each) => readers[each.channel](each.payload))
    const work: Work = {
      ctx: tx,
      engine,
      known: await readKnown(tx, updates),
      letters: [],
      presses: [],
      receipts: [],
      dialogs: [],
    }
    for (const update of updates) await handle(work, update)
    await saveConversations(tx, work.dialogs)
    const letters = await enqueueAnswers(tx, work.letters)
    await markHandled(
      tx,
      claimed.map((each) => each.id),
    )
    const { presses, receipts } = work
    return { count: claimed.length, letters, presses, receipts }
  })
}

async function readKnown(ctx: Context, updates: readonly Update[]) {
  const people = updates.filter((update): update is Said => update.kind === 'said')
  const known = new Map<string, Known>()
  if (people.length === 0) return known
  const batch = openBatch()
  for (const each of await readConversations(ctx, people))
    known.set(nameOf(each), join(batch, each))
  const consumers = batch.visitors.map((each) => each.consumerId)
  for (const account of await readLinkedAccounts(ctx, consumers))
    for (const each of batch.visitors)
      if (each.consumerId === account.consumerId) each.accounts.push(account)
  return known
}

function nameOf(person: { channel: Channel; externalId: string }): string {
  return `${person.channel} ${person.externalId}`
}

async function handle(work: Work, update: Update): Promise<void> {
  switch (update.kind) {
    case 'said':
      return handleSaid(work, update)
    case 'group':
      return handleGroup(work, update)
    case 'reachable':
      return setReachable(work.ctx, update, update.reachable)
    case 'receipt':
      work.receipts.push(update)
      return noteReceipt(work.ctx, update)
    case 'ignored':
      return
  }
}

async function handleSaid(work: Work, update: Said): Promise<void> {
  const conversation = work.known.get(nameOf(update)) ?? null
  const person: Visitor = conversation ?? join(openBatch(), await meet(work.ctx, update))
  const answer = await takeTurn(
    work.ctx,
    work.engine,
    person,
    conversation && dialogOf(conversation),
    update.input,
  )
  const { channel, externalId } = person
  const { language, stale } = answer
  if (update.callbackId !== undefined)
    work.presses.push({ channel, callbackId: update.callbackId, language, stale })
  // Where the messenger can answer a stale press by itself, a message of its own would be noise.
  if (stale && update.callbackId !== undefined) return
  for (const message of answer.messages)
    work.letters.push({ channel, externalId, language, message })
  const { offered, state } = answer.dialog
  if (!stale) work.dialogs.push({ identityId: person.identityId, state, choices: offered })
}

/** The stored dialog of a conversation; null before the first. */
export function dialogOf({ choices, state, updatedAt }: Conversation): DialogState | null {
  if (!state || !updatedAt) return null
  return { state, offered: choices ?? [], updatedAt } as DialogState
}

function meet(ctx: Context, { channel, externalId, languageHint }: Said): Promise<Person> {
  const hinted = languageHint?.slice(0, 2)
  const language = LANGUAGES.find((known) => known === hinted) ?? LANGUAGES[0]
  return meetPerson(ctx, { channel, externalId, language })
}

async function handleGroup(work: Work, update: Extract<Update, { kind: 'group' }>): Promise<void> {
  if (!update.addressed) return
  const message = { lines: [say('dialog:private-only')] }
  const { channel, chat } = update
  work.letters.push({ channel, externalId: chat, language: LANGUAGES[0], message })
}
