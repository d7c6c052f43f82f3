import { endLink, type LinkedAccount } from '../../core/access/linked-accounts.ts'
import { countLaterLinks, endLaterLinks } from '../../core/access/end-links.ts'
import { setLanguage } from '../../core/access/person.ts'
import { type Context } from '../../core/context.ts'
import { readPreferences, setPreference } from '../../core/notices/preferences.ts'
import { type NoticeKind } from '../../core/notices/tell.ts'
import { tellOfEndedLinks } from '../../core/notices/warn-holders.ts'
import { type Choice, type Line, say, words } from '../../core/outbox/message.ts'
import { LANGUAGES } from '../../templates/translate.ts'
import { ask, finish, type Flow, type FlowState, leaveToMenu, type Turn } from '../dialog/flow.ts'
import { pageAsked, pageOf } from '../dialog/paging.ts'
import { refreshAccounts, type Visitor } from '../dialog/visitor.ts'
import { languageChoices } from './start.ts'

type Enter = { flow: 'settings'; step: 'enter' | 'top' | 'language' }
type Accounts = { flow: 'settings'; step: 'accounts'; page: number }
type Unlink = { flow: 'settings'; step: 'unlink'; linkId: number }
type State = FlowState & (Enter | Accounts | Unlink)

/** Language, notices, linked accounts. */
export const settings: Flow<State> = async (ctx, person, state, input) => {
  if (state.step === 'enter') return showTop(ctx, person)
  if (input.kind !== 'choice') return leaveToMenu(input)
  const { value } = input
  if (value === 'menu') return finish([])
  switch (state.step) {
    case 'top':
      return takeTop(ctx, person, value)
    case 'language':
      return takeLanguage(ctx, person, value)
    case 'accounts':
      return takeAccount(ctx, person, value)
    case 'unlink':
      return takeUnlink(ctx, person, state, value)
  }
}

async function showTop(ctx: Context, person: Visitor, before: Line[] = []): Promise<Turn<State>> {
  const preferences = await readPreferences(ctx, person.consumerId)
  const linked = person.accounts
  const choices: Choice[] = [
    { label: say('settings:language'), value: 'language' },
    ...preferences.map(({ enabled, kind }): Choice => ({
      label: say(enabled ? 'settings:switch-off' : 'settings:switch-on', {
        kind: words(`settings:kind.${kind}`),
      }),
      value: { kind, enabled: enabled ? 'no' : 'yes' },
    })),
  ]
  if (linked.length > 0) choices.push({ label: say('settings:accounts'), value: 'accounts' })
  choices.push({ label: say('dialog:to-menu'), value: 'menu' })
  const lines = before.length > 0 ? before : [say('settings:title')]
  return ask<State>({ flow: 'settings', step: 'top' }, lines, choices)
}

async function takeTop(ctx: Context, person: Visitor, value: unknown): Promise<Turn<State>> {
  if (value === 'language') {
    const state: State = { flow: 'settings', step: 'language' }
    return ask<State>(state, [say('settings:which-language')], languageChoices())
  }
  if (value === 'accounts') return showAccounts(person, 0)
  const { enabled, kind } = value as { kind: NoticeKind; enabled: 'yes' | 'no' }
  const { consumerId } = person
  await setPreference(ctx, { consumerId, kind, enabled: enabled === 'yes' })
  const done = enabled === 'yes' ? 'settings:switched-on' : 'settings:switched-off'
  return showTop(ctx, person, [say(done, { kind: words(`settings:kind.${kind}`) })])
}

async function takeLanguage(ctx: Context, person: Visitor, value: unknown): Promise<Turn<State>> {
  const language = LANGUAGES.find((known) => known === value)
  if (!language) return showTop(ctx, person)
  await setLanguage(ctx, person.consumerId, language)
  person.language = language
  return finish([say('settings:language-set')])
}

function showAccounts(person: Visitor, page: number): Turn<State> {
  const linked = person.accounts
  const lines = [say('settings:accounts-title'), ...linked.map(accountLine)]
  const choices = linked.map((account): Choice => ({
    label: say('settings:unlink', { number: account.number, provider: account.providerName }),
    value: account.linkId,
  }))
  const toMenu: Choice = { label: say('dialog:to-menu'), value: 'menu' }
  const state: State = { flow: 'settings', step: 'accounts', page }
  return ask<State>(state, lines, pageOf(choices, page, [toMenu]))
}

function accountLine({ address, number, providerName }: LinkedAccount): Line {
  return say('balance:account', { provider: providerName, number, address })
}

async function takeAccount(ctx: Context, person: Visitor, value: unknown): Promise<Turn<State>> {
  const page = pageAsked(value)
  if (page !== null) return showAccounts(person, page)
  const account = person.accounts.find((each) => each.linkId === value)
  if (!account) return showTop(ctx, person)
  const { consumerId } = person
  const { linkId, number, providerName } = account
  const state: State = { flow: 'settings', step: 'unlink', linkId }
  const lines = [say('settings:unlink-sure', { number, provider: providerName })]
  const choices: Choice[] = [{ label: say('settings:unlink-yes'), value: 'yes' }]
  const others = await countLaterLinks(ctx, { consumerId, linkId })
  if (others > 0) {
    lines.push(say('settings:others', { count: others }))
    choices.push({ label: say('settings:revoke-others'), value: 'others' })
  }
  return ask<State>(state, lines, [...choices, { label: say('dialog:to-menu'), value: 'menu' }])
}

async function takeUnlink(
  ctx: Context,
  person: Visitor,
  state: Unlink,
  value: unknown,
): Promise<Turn<State>> {
  const { consumerId } = person
  const { linkId } = state
  if (value === 'others') {
    await tellOfEndedLinks(ctx, await endLaterLinks(ctx, { consumerId, linkId }), 'revoked')
    return finish([say('settings:others-revoked')])
  }
  if (value !== 'yes') return showTop(ctx, person)
  await endLink(ctx, { consumerId, linkId, reason: 'unlinked-by-person' })
  await refreshAccounts(ctx, person)
  return finish([say('settings:unlinked')])
}
