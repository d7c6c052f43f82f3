import { describe, expect, it } from '@jest/globals'
import { findApiKey } from '../../core/access/api-keys.ts'
import { runApiKey } from '../../scripts/api-key.ts'
import { testTown } from '../support/town.ts'
import { listen } from './spoken.ts'

const made = await testTown()
const town = { ...made, prisma: made.database.prisma }

async function run(...argv: string[]) {
  const io = listen()
  const exit = await runApiKey(town, argv, io)
  return [exit, ...io.said()] as const
}

describe('the api-key command', () => {
  it.each([
    [[]],
    [['make', '--name', 'a']],
    [['create', '--name', 'a']],
    [['create', '--scope', 'read']],
    [['revoke']],
    [['revoke', '--name', 'a', '--scope', 'read']],
    [['list', '--name', 'a']],
    [['list', '--all']],
  ])('shows how it is used for %j', async (argv) => {
    expect(await run(...argv)).toEqual([2, '', expect.stringContaining('api-key -- create')])
  })

  it('makes a key, says it alone on standard output, lists it and ends it', async () => {
    const create = ['create', '--name', 'bank', '--scope', 'read', '--scope', 'imports:55101018']
    const [exit, out] = await run(...create)
    expect(exit).toBe(0)
    expect(out).toMatch(/^os_[\w-]{43}\n$/)
    const key = out.trim()
    expect(await findApiKey(town, key)).toMatchObject({
      name: 'bank',
      scopes: ['read', 'imports:55101018'],
    })
    const at = town.now().toISOString()
    const line = `bank: read imports:55101018, made ${at}`
    expect(await run('list')).toEqual([0, `${line}\n`, ''])
    expect(await run('revoke', '--name', 'bank')).toEqual([0, 'bank is revoked\n', ''])
    expect(await run('list')).toEqual([0, `${line}, revoked ${at}\n`, ''])
    expect(await findApiKey(town, key)).toBeNull()
  })

  it.each([
    ['name-taken: bank', ['create', '--name', 'bank', '--scope', 'read']],
    ['scope-unknown: admin', ['create', '--name', 'b', '--scope', 'read', '--scope', 'admin']],
    ['key-not-found: bank', ['revoke', '--name', 'bank']],
    ['key-not-found: nobody', ['revoke', '--name', 'nobody']],
  ])('refuses %s', async (words, argv) => {
    expect(await run(...argv)).toEqual([1, '', `${words}\n`])
  })
})
