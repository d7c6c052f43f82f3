import { beforeAll, describe, expect, it } from '@jest/globals'
import { runReport } from '../../scripts/report.ts'
import { testTown } from '../support/town.ts'
import { addAgreement, addProvider, addService } from '../support/world.ts'
import { book, entry, OCTOBER } from '../core/ledger/books.ts'
import { listen } from './spoken.ts'

const town = await testTown()
const PROVIDER = '55101018'
const USAGE = expect.stringContaining('report -- NAME')
const of = ['--provider', PROVIDER, '--to', '2026-10']

async function run(...argv: string[]) {
  const io = listen()
  const exit = await runReport(town, argv, io)
  return [exit, ...io.said()]
}

beforeAll(async () => {
  const providerId = await addProvider(town, { code: PROVIDER, name: 'Water' })
  const serviceId = await addService(town, { providerId, code: '11', name: '=Cold\twater' })
  const side = { providerId, agreementId: await addAgreement(town, { providerId, serviceId }) }
  await book(town, providerId, [entry(side, 1, { amount: 1234, period: OCTOBER })])
  town.clock.advance({ hours: 1 })
})

describe('the report command', () => {
  it.each([
    [[]],
    [['debts', ...of]],
    [['turnover', 'again', ...of]],
    [['turnover', ...of, '--json', '--csv']],
    [['turnover', ...of, '--by', 'house']],
    [['turnover', ...of, '--from', '2026-13']],
    [['turnover', ...of, '--from', '202609']],
    [['turnover', ...of, '--as-of', 'yesterday']],
    [['turnover', ...of, '--as-of', '2026-11-05T10:00:00']],
    [['turnover', ...of, '--all']],
  ])('shows how it is used for %j', async (argv) => {
    expect(await run(...argv)).toEqual([2, '', USAGE])
  })

  it.each([
    ['provider-not-found', ['--provider', '99999999']],
    ['range-ends-before-start', [...of, '--from', '2026-11']],
    ['as-of-in-future', [...of, '--as-of', '2027-01-01T00:00:00+02:00']],
  ])('is refused as %s', async (code, argv) => {
    expect(await run('turnover', ...argv)).toEqual([1, '', `${code}\n`])
    expect(await run('turnover', ...argv, '--json')).toEqual([1, '', `{"code":"${code}"}\n`])
  })

  it('tells the limit of months', async () => {
    const long = ['coverage', ...of, '--from', '2010-01', '--json']
    expect(await run(...long)).toEqual([1, '', '{"code":"too-many-months","limit":120}\n'])
  })

  it('prints lines with tabs', async () => {
    const [exit, out] = await run('debt-age', ...of, '--by', 'provider')
    const [head, row, total, end] = String(out).split('\n')
    expect([exit, end]).toEqual([0, ''])
    expect(head?.split('\t').slice(0, 4)).toEqual(['provider', 'code', 'name', 'debtors'])
    expect(row?.split('\t').slice(0, 6)).toEqual([PROVIDER, '', 'Water', '1', '0', '12.34'])
    expect(total?.split('\t').slice(0, 6)).toEqual(['total', '', '', '1', '0', '12.34'])
  })

  it('keeps a line whole whatever a name holds', async () => {
    const [, out] = await run('turnover', ...of)
    expect(String(out).split('\n')[1]?.split('\t').slice(0, 3)).toEqual([
      PROVIDER,
      '11',
      '=Cold water',
    ])
  })

  it('prints csv', async () => {
    const [exit, out] = await run('turnover', ...of, '--csv')
    const [head, row, total] = String(out).split('\r\n')
    expect([exit, head?.startsWith('\uFEFFprovider;code;name;openingDebt;')]).toEqual([0, true])
    expect(row).toBe(`${PROVIDER};11;'=Cold\twater;0.00;0.00;12.34${';0.00'.repeat(6)};12.34;0.00`)
    expect(total).toBe(`total;;;0.00;0.00;12.34${';0.00'.repeat(6)};12.34;0.00`)
  })

  it('prints JSON, one row a line', async () => {
    const [exit, out] = await run('turnover', ...of, '--json')
    const { columns, rows, totals } = JSON.parse(String(out))
    expect([exit, columns[3]]).toEqual([0, { name: 'openingDebt', unit: 'kopecks' }])
    expect(rows).toMatchObject([{ provider: PROVIDER, code: '11', accrued: '1234', paid: '0' }])
    expect(totals).toMatchObject([{ closingDebt: '1234' }])
    expect(String(out).split('\n')).toHaveLength(4)
  })

  it('as of a moment before the entries has none', async () => {
    const past = ['--as-of', '2026-11-05T11:59:59+02:00', '--json']
    const [exit, out] = await run('turnover', ...of, ...past)
    expect([exit, JSON.parse(String(out)).rows]).toEqual([0, []])
  })

  it.each(['coverage', 'consumption', 'claims', 'claim-lines'])(
    '%s of nothing is empty',
    async (name) => {
      const [exit, out] = await run(name, '--json')
      expect([exit, JSON.parse(String(out)).rows]).toEqual([0, []])
    },
  )
})
