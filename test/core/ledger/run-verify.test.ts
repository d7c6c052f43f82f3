import { beforeEach, describe, expect, it } from '@jest/globals'
import { runVerify } from '../../../scripts/verify.ts'
import { testTown } from '../../support/town.ts'
import { addAgreement, addProvider } from '../../support/world.ts'
import { book, entry } from './books.ts'

const town = await testTown()
const providerId = await addProvider(town)
const side = { providerId, agreementId: await addAgreement(town, { providerId }) }
await town.sql.unsafe('alter table entry disable trigger user')
await town.sql.unsafe('alter table posting disable trigger user')

beforeEach(async () => {
  await town.sql.unsafe('truncate entry, posting, journal, statement restart identity')
  await book(town, providerId, [entry(side, 1), entry(side, 2)])
})

async function run(...argv: string[]) {
  const said = { out: '', err: '' }
  const exit = await runVerify(town, argv, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  })
  return { exit, ...said }
}
const tamper = () => town.sql.unsafe('delete from entry where id = 2')
const { agreementId } = side

describe('the command verify', () => {
  it('says that the journal is whole', async () => {
    expect(await run()).toEqual({ exit: 0, out: 'the journal is whole\n', err: '' })
    expect(await run('--json')).toEqual({ exit: 0, out: '', err: '' })
  })

  it('says each fault in plain words and how many there are', async () => {
    await tamper()
    expect(await run()).toEqual({
      exit: 1,
      out:
        'entry-missing: entry no. 2 of posting 1 is gone\n' +
        `statement-wrong: month 202610 of agreement ${agreementId} is not the sum of its entries\n` +
        'faults: 2\n',
      err: '',
    })
  })

  it('says each fault as a line of JSON', async () => {
    await tamper()
    const { exit, out } = await run('--json')
    expect(exit).toBe(1)
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { fault: 'entry-missing', postingId: '1', ordinal: 2 },
      { fault: 'statement-wrong', agreementId, period: 202610 },
    ])
  })

  it('says how it is used when it is asked for something else', async () => {
    expect(await run('--all')).toMatchObject({ exit: 2, out: '' })
    expect((await run('october')).err).toContain('--json')
  })
})
