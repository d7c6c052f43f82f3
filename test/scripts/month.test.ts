import { beforeAll, describe, expect, it } from '@jest/globals'
import { startMonthRun } from '../../core/billing/run/start-run.ts'
import { workOnRun } from '../../core/billing/run/work-on-run.ts'
import { runMonth } from '../../scripts/month.ts'
import { testTown } from '../support/town.ts'
import { addAgreement, addProvider } from '../support/world.ts'
import { addChargedProvider, addUnpriced, OCTOBER, SEPTEMBER } from '../core/billing/charged.ts'
import { book, entry } from '../core/ledger/books.ts'
import { listen } from './spoken.ts'

const town = await testTown()
const PROVIDER = '55101018'
const EMPTY = '55202042'
const CHARGED = '55303033'
const USAGE = expect.stringContaining('month -- issue')
const of = (month: string) => ['--provider', CHARGED, '--month', month]

async function run(...argv: string[]) {
  const io = listen()
  const exit = await runMonth(town, argv, io)
  return [exit, ...io.said()]
}

async function json(...argv: string[]) {
  const [exit, out, err] = await run(...argv, '--json')
  expect([exit, err]).toEqual([0, ''])
  return JSON.parse(String(out))
}

beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER })
  const agreementId = await addAgreement(town, { providerId })
  await book(town, providerId, [entry({ agreementId, providerId }, 1, { period: OCTOBER })])
  await addProvider(town, { code: EMPTY })
  const charged = await addChargedProvider(town, CHARGED)
  await addUnpriced(town, charged.providerId)
})

describe('the month command', () => {
  it.each([
    [[]],
    [['reopen', '--provider', PROVIDER]],
    [['close', '--provider', PROVIDER]],
    [['issue', '--provider', PROVIDER]],
    [['issue', '--month', '2026-10']],
    [['issue', '--provider', PROVIDER, '--month', '202610']],
    [['issue', '--provider', PROVIDER, '--month', '2026-13']],
    [['issue', 'now', '--provider', PROVIDER, '--month', '2026-10']],
    [['issue', '--provider', PROVIDER, '--month', '2026-10', '--leave-out']],
    [['list', '--provider', PROVIDER, '--month', '2026-10']],
    [['list', '--provider', PROVIDER, '--all']],
    [['work', '--run', 'last']],
    [['work', '--provider', PROVIDER]],
    [['compare', '--provider', PROVIDER, '--month', '2026-10', '--run', '1']],
    [['compare', '--provider', PROVIDER, '--month', '2026-10', '--limit', '0']],
    [['runs', '--provider', PROVIDER, '--limit', '1001']],
    [['trial', ...of('2026-10')]],
    [['trial', ...of('2026-10'), '--tariff', '11']],
    [['trial', ...of('2026-10'), '--tariff', '11/5=1']],
    [['trial', ...of('2026-10'), '--tariff', '11=-1']],
    [['trial', ...of('2026-10'), '--tariff', '11=1', '--from', '2026-10-32']],
    [['explain', ...of('2026-10')]],
  ])('shows how it is used for %j', async (argv) => {
    expect(await run(...argv)).toEqual([2, '', USAGE])
  })

  it.each([
    ['provider-not-found', ['list', '--provider', '99999999']],
    ['provider-not-found', ['runs', '--provider', '99999999']],
    ['month-not-over', ['issue', '--provider', PROVIDER, '--month', '2026-12']],
    ['provider-not-found', ['issue', '--provider', '99999999', '--month', '2026-10']],
    ['nothing-to-issue', ['issue', '--provider', EMPTY, '--month', '2026-10']],
    ['charges-imported', ['draft', '--provider', PROVIDER, '--month', '2026-10']],
    ['run-not-found', ['work', '--run', '999']],
    ['run-not-found', ['compare', '--run', '999']],
    ['not-drafted', ['check', ...of('2026-09')]],
    ['month-not-charged', ['compare', ...of('2026-09')]],
    ['month-not-issued', ['close', ...of('2026-09')]],
    ['month-not-over', ['trial', ...of('2026-11'), '--tariff', '11=1']],
    ['account-not-found', ['explain', ...of('2026-09'), '--account', '909']],
    ['service-not-found', ['explain', ...of('2026-09'), '--account', '101', '--service', '55']],
    ['month-not-charged', ['explain', ...of('2026-09'), '--account', '101']],
  ])('is refused as %s for %j', async (code, argv) => {
    expect(await run(...argv)).toEqual([1, '', `${code}\n`])
    expect(await run(...argv, '--json')).toEqual([1, '', `{"code":"${code}"}\n`])
  })

  it('is refused with what would help', async () => {
    expect(await run('draft', ...of('2026-10'))).toEqual([
      ...[1, '', 'earlier-month-open next 202609\n'],
    ])
    const trial = ['trial', ...of('2026-10'), '--tariff', '55=1']
    expect(await run(...trial)).toEqual([1, '', 'service-not-found service 55\n'])
    expect(await run(...trial, '--json')).toEqual([
      ...[1, '', '{"code":"service-not-found","service":"55"}\n'],
    ])
  })
})

describe('a month charged here', () => {
  it('is drafted, checked, issued and closed', async () => {
    const [exit, out] = await run('draft', ...of('2026-09'))
    expect([exit, out]).toEqual([
      0,
      expect.stringMatching(
        /^run \d+, draft of 2026-09: computed, 3 accounts, 1 left out, 4 lines\n$/,
      ),
    ])
    const lint = /^error agreement-without-tariff account \d+ agreement \d+\n/
    const refused = await run('check', ...of('2026-09'))
    expect(refused).toEqual([1, expect.stringMatching(lint), ''])
    expect(refused[1]).toMatch(/2026-09 not checked; accounts left out: 1\n$/)
    expect(await run('issue', ...of('2026-09'))).toEqual([1, '', 'month-not-checked next 202609\n'])
    const checked = await run('check', ...of('2026-09'), '--leave-out')
    expect(checked).toEqual([
      0,
      expect.stringMatching(/2026-09 checked; accounts left out: 1\n$/),
      '',
    ])
    expect(await run('issue', ...of('2026-09'))).toEqual([0, 'issued 2026-09; told 0\n', ''])
    expect(await run('close', ...of('2026-09'))).toEqual([0, '2026-09 closed\n', ''])
    expect(await run('close', ...of('2026-09'))).toEqual([0, '2026-09 was closed before\n', ''])
  })

  it('that another process left half done is gone on with', async () => {
    const draft = { providerCode: CHARGED, month: OCTOBER, author: 'test' }
    const started = await startMonthRun(town, draft)
    if (!started.ok) throw new Error(started.code)
    const { runId } = started.value
    const runs = ['runs', '--provider', CHARGED, '--limit', '1']
    const at = town.now().toISOString()
    expect(await run(...runs)).toEqual([
      ...[0, `${runId} 2026-10 month computing 0 of 3 by test at ${at}\n`, ''],
    ])
    expect(await run('compare', '--run', String(runId))).toEqual([1, '', 'not-a-trial\n'])
    const worked = await json('work', '--run', String(runId))
    expect(worked).toMatchObject({ id: runId, state: 'computed', accountsDone: 3, lines: 4 })
    expect(await json(...runs)).toEqual({ runs: [worked] })
    expect(await json('work', '--run', String(runId))).toEqual(worked)
  })

  it('is worked on by two at once', async () => {
    const draft = { providerCode: CHARGED, month: OCTOBER, author: 'test' }
    const started = await startMonthRun(town, draft)
    if (!started.ok) throw new Error(started.code)
    const { runId } = started.value
    const both = await Promise.all([workOnRun(town, runId), json('work', '--run', String(runId))])
    expect(both[1]).toMatchObject({ state: 'computed', lines: 4 })
  })

  it('of which another draft is made is dropped', async () => {
    const { runs } = await json('runs', '--provider', CHARGED)
    const [{ id: old }] = runs
    await json('draft', ...of('2026-10'))
    expect(await run('work', '--run', String(old))).toEqual([1, '', 'run-dropped\n'])
  })

  it('is compared with the one before', async () => {
    const [exit, out] = await run('compare', ...of('2026-10'), '--limit', '1')
    expect(exit).toBe(0)
    expect(String(out).split('\n')).toEqual([
      '2026-10 (draft) against 2026-09',
      'service\tagreements\twas\tis\tchange',
      '11 Водопостачання\t2 → 2\t420.00\t510.00\t+90.00',
      '71 Прибирання\t2 → 2\t100.00\t100.00\t0.00',
      'total\t4 → 4\t520.00\t610.00\t+90.00',
      'volume 11 by meter: 14 → 17 м³, agreements 2 → 2',
      'account 101: 350.00 → 500.00 (+150.00)',
      '',
    ])
    const compared = await json('compare', ...of('2026-10'))
    expect(compared).toMatchObject({ before: SEPTEMBER, total: { change: '9000' } })
  })

  it('is tried at another price', async () => {
    const trial = ['trial', ...of('2026-10'), '--tariff', '11=40.00', '--limit', '1']
    const [exit, out] = await run(...trial)
    const [head, ...rest] = String(out).split('\n')
    expect(exit).toBe(0)
    expect(head).toMatch(/^run \d+, 2026-10 as tried against what was booked$/)
    expect(rest).toEqual([
      'service\tagreements\twas\tis\tchange\tmore\tless\tsame',
      '11 Водопостачання\t2\t510.00\t680.00\t+170.00\t2\t0\t0',
      '71 Прибирання\t2\t100.00\t100.00\t0.00\t0\t0\t2',
      'total\t4\t610.00\t780.00\t+170.00\t2\t0\t2',
      'accounts left out: 1',
      'account 101: 500.00 → 650.00 (+150.00)',
      '',
    ])
    const tried = await json('trial', ...of('2026-10'), '--tariff', '71=60', '--from', '2026-10-01')
    expect(tried).toMatchObject({
      run: { kind: 'trial' },
      comparison: { total: { change: '2000' } },
    })
    expect(await json('compare', '--run', String(tried.run.id))).toEqual(tried)
  })

  it('is explained line by line', async () => {
    await run('check', ...of('2026-10'), '--leave-out')
    await run('issue', ...of('2026-10'))
    const explain = ['explain', ...of('2026-10'), '--account', '101', '--service', '11']
    const [exit, out] = await run(...explain)
    expect(exit).toBe(0)
    expect(String(out).split('\n')).toEqual([
      '11 Водопостачання, 2026-10',
      '  opening + accrued + subscription + penalty + correction − benefit − subsidy − paid',
      '  300.00 + 450.00 + 0.00 + 0.00 + 0.00 − 0.00 − 0.00 − 0.00 = 750.00',
      expect.stringMatching(/^ {2}accrual 450\.00 15 м³ by meter: round\(.*30.*\)$/),
      expect.stringMatching(/^ {6}125 reading \d+ takenOn 2026-10-31 serial s\d+ zone 0/),
      expect.stringMatching(/^ {6}110 reading \d+ takenOn 2026-09-30/),
      expect.stringMatching(/^ {6}30 tariff \d+ fromDay 2026-01-01/),
      '  against 2026-09: +150.00 volume +150.00',
      '',
    ])
    const { agreements } = await json('explain', ...of('2026-10'), '--account', '101')
    expect(agreements).toMatchObject([
      {
        service: '11',
        difference: { change: '15000' },
        lines: [{ amount: '45000', volume: '15' }],
      },
      { service: '71', difference: { change: '0' }, lines: [{ amount: '5000' }] },
    ])
  })
})

describe('months of imported charges', () => {
  it('are listed, issued and listed again', async () => {
    const from = ['--provider', PROVIDER]
    expect(await run('list', '--provider', EMPTY)).toEqual([0, 'no months yet\n', ''])
    expect(await run('runs', ...from)).toEqual([0, 'no runs yet\n', ''])
    expect(await run('list', ...from)).toEqual([0, '2026-10 open\n', ''])
    town.clock.set('2026-12-01T10:00:00Z')
    const issue = ['issue', ...from, '--month', '2026-11']
    expect(await run(...issue)).toEqual([0, 'issued 2026-10, 2026-11; told 0\n', ''])
    expect(await run(...issue)).toEqual([0, '2026-11 was issued before\n', ''])
    expect(await run(...issue, '--json')).toEqual([0, '{"months":[],"told":0}\n', ''])
    const since = town.now().toISOString()
    expect(await run('list', ...from)).toEqual([
      0,
      `2026-11 issued since ${since}\n2026-10 issued since ${since}\n`,
      '',
    ])
    const [newest] = await json('list', ...from)
    expect(newest).toEqual({ month: 202611, state: 'issued', issuedAt: since })
  })
})
