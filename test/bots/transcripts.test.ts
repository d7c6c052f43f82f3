import { describe, expect, it } from '@jest/globals'
import { billCode } from '../../core/access/bill-code.ts'
import { period } from '../../core/period.ts'
import { type Messengers, openMessengers } from '../support/messengers.ts'
import { accountIdOf, buildSmallTown } from '../support/small-town.ts'
import { type TestTown, testTown } from '../support/town.ts'
import {
  play,
  type Stage,
  telegramSpeaker,
  transcriptNames,
  viberSpeaker,
} from '../support/transcript.ts'

const OCTOBER = period(202610)

const telegramScene = await openScene()
const viberScene = await openScene()

type Scene = { town: TestTown; messengers: Messengers; stage: Stage }

async function openScene(): Promise<Scene> {
  const town = await testTown()
  await buildSmallTown(town)
  const code = await billCode(town, await accountIdOf(town, '210'), OCTOBER)
  const typed = await billCode(town, await accountIdOf(town, '206'), OCTOBER)
  // People retype codes without dashes and in small letters.
  const names = { code: code.replaceAll('-', ''), typed: typed.toLowerCase() }
  const wait = (hours: number) => town.clock.advance({ hours })
  return { town, messengers: await openMessengers(town), stage: { names, wait } }
}

/** What a conversation leaves in the database, without what names the messenger. */
function outcome({ sql }: TestTown) {
  return sql.many`
    select 'link' as what, account_id::text as a, proof as b, end_reason as c from link
    union all
    select 'reading', value_e8::text, state || ' ' || needs_review || ' ' || rolled_over,
      period::text from reading where source = 'bot'
    union all
    select 'request', number, note, state from link_request
    union all
    select 'try', number_key, proof, succeeded::text from link_attempt
    union all
    select 'preference', kind, enabled::text, null from notice_preference
    union all
    select 'dialog', state->>'flow', state->>'step', null from dialog
    union all
    select 'language', language, null, null from consumer
    order by 1, 2, 3, 4`
}

describe('a conversation has the same words in both messengers', () => {
  it.each(transcriptNames())('%s', async (name) => {
    const [inTelegram, inViber] = await Promise.all([
      playInTelegram(telegramScene, name),
      playInViber(viberScene, name),
    ])
    expect(inTelegram.is).toBe(inTelegram.was)
    expect(inViber.is).toBe(inViber.was)
  })
})

describe('after all conversations', () => {
  it('both messengers left the same in the database', async () => {
    expect(await outcome(viberScene.town)).toEqual(await outcome(telegramScene.town))
  })

  it.each([
    ['201', 'zero consumption is stored', ['40 accepted']],
    [
      '202',
      'another value of the month supersedes both zones, and all stay',
      ['1250 superseded', '810 superseded', '1260 accepted', '812 accepted'],
    ],
    ['203', 'an unusual value is kept for staff to look at', ['450 accepted, to review']],
    [
      '205',
      'a dial past its zero is told from one that fell',
      ['3 superseded, past zero', '50000 accepted, past zero, to review'],
    ],
    ['206', 'the same value again is not stored twice', ['8 accepted']],
    ['207', 'nothing is stored by looking', []],
    ['209', 'nothing is stored by a conversation left before the yes', []],
    ['211', 'after the verification a value is kept but not counted', ['12 rejected']],
  ])('account %s: %s', async (number, _fact, readings) => {
    expect(await sentReadings(telegramScene.town, number)).toEqual(readings)
  })

  it('zones sent together share one registration number, later values get the next', async () => {
    const numbers = await telegramScene.town.sql.many<{ no: bigint; zones: number }>`
      select r.registration_no as no, count(*)::int4 as zones from reading r
      join register d on d.id = r.register_id join meter m on m.id = d.meter_id
      where m.serial = '202202' and r.source = 'bot' group by 1 order by 1`
    expect(numbers.map(({ zones }) => zones)).toEqual([2, 2])
  })

  it('an account unlinked by its person is seen no more, its link is kept', async () => {
    const links = await telegramScene.town.sql.many`
      select l.end_reason as reason from link l join account a on a.id = l.account_id
      where a.number = '208'`
    expect(links).toEqual([{ reason: 'unlinked-by-person' }])
  })
})

async function sentReadings({ sql }: TestTown, number: string): Promise<string[]> {
  const rows = await sql.many<{ text: string }>`
    select concat_ws(', ', (r.value_e8 / 100000000) || ' ' || r.state,
      case when r.rolled_over then 'past zero' end,
      case when r.needs_review then 'to review' end) as text
    from reading r join register d on d.id = r.register_id join meter m on m.id = d.meter_id
    join agreement g on g.id = m.agreement_id join account a on a.id = g.account_id
    join provider p on p.id = a.provider_id
    where a.number = ${number} and p.code = '12345678' and r.source = 'bot' order by r.id`
  return rows.map(({ text }) => text)
}

function playInTelegram({ messengers, stage }: Scene, name: string) {
  const person = messengers.simulator.telegram.person({ firstName: name })
  return play(name, telegramSpeaker(messengers, person), stage)
}

function playInViber({ messengers, stage }: Scene, name: string) {
  const person = messengers.simulator.viber.person({ name })
  return play(name, viberSpeaker(messengers, person), stage)
}
