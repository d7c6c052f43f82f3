import { beforeAll, describe, expect, it } from '@jest/globals'
import { runMonth } from '../../scripts/month.ts'
import { testTown } from '../support/town.ts'
import { addAgreement, addProvider } from '../support/world.ts'
import { book, entry, OCTOBER } from '../core/ledger/books.ts'
import { listen } from './spoken.ts'

const town = await testTown()
const PROVIDER = '55101018'
const USAGE = expect.stringContaining('month -- issue')

async function run(...argv: string[]) {
  const io = listen()
  const exit = await runMonth(town, argv, io)
  return [exit, ...io.said()]
}

beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER })
  const agreementId = await addAgreement(town, { providerId })
  await book(town, providerId, [entry({ agreementId, providerId }, 1, { period: OCTOBER })])
  await addProvider(town, { code: '55202042' })
})

describe('the month command', () => {
  it.each([
    [[]],
    [['close', '--provider', PROVIDER]],
    [['issue', '--provider', PROVIDER]],
    [['issue', '--month', '2026-10']],
    [['issue', '--provider', PROVIDER, '--month', '202610']],
    [['issue', '--provider', PROVIDER, '--month', '2026-13']],
    [['issue', 'now', '--provider', PROVIDER, '--month', '2026-10']],
    [['list', '--provider', PROVIDER, '--month', '2026-10']],
    [['list', '--provider', PROVIDER, '--all']],
  ])('shows how it is used for %j', async (argv) => {
    expect(await run(...argv)).toEqual([2, '', USAGE])
  })

  it.each([
    ['month-not-over', PROVIDER, '2026-12'],
    ['provider-not-found', '99999999', '2026-10'],
    ['nothing-to-issue', '55202042', '2026-10'],
  ])('is refused as %s', async (code, provider, month) => {
    const issue = ['issue', '--provider', provider, '--month', month]
    expect(await run(...issue)).toEqual([1, '', `${code}\n`])
    expect(await run(...issue, '--json')).toEqual([1, '', `{"code":"${code}"}\n`])
  })

  it('lists, issues and lists again', async () => {
    const of = ['--provider', PROVIDER]
    expect(await run('list', '--provider', '55202042')).toEqual([0, 'no months yet\n', ''])
    expect(await run('list', ...of)).toEqual([0, '2026-10 open\n', ''])
    town.clock.set('2026-12-01T10:00:00Z')
    const issue = ['issue', ...of, '--month', '2026-11']
    expect(await run(...issue)).toEqual([0, 'issued 2026-10, 2026-11; told 0\n', ''])
    expect(await run(...issue)).toEqual([0, '2026-11 was issued before\n', ''])
    expect(await run(...issue, '--json')).toEqual([0, '{"months":[],"told":0}\n', ''])
    const since = town.now().toISOString()
    expect(await run('list', ...of)).toEqual([
      0,
      `2026-11 issued since ${since}\n2026-10 issued since ${since}\n`,
      '',
    ])
    const [, json] = await run('list', ...of, '--json')
    expect(JSON.parse(String(json))[0]).toEqual({ month: 202611, state: 'issued', issuedAt: since })
  })
})
