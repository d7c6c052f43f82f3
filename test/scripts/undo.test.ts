import { describe, expect, it } from '@jest/globals'
import { runUndo } from '../../scripts/undo.ts'
import { testTown } from '../support/town.ts'

const town = await testTown()

async function run(...argv: string[]) {
  let out = ''
  let err = ''
  const io = { out: (text: string) => (out += text), err: (text: string) => (err += text) }
  return { exit: await runUndo(town, argv, io), out, err }
}

describe('undo from the command line', () => {
  it.each([
    ['no batch', ['--reason', 'r']],
    ['no reason', ['1']],
    ['a batch that is no number', ['x', '--reason', 'r']],
    ['an unknown option', ['1', '--why', 'r']],
  ])('%s is wrong usage', async (_what, argv) => {
    expect(await run(...argv)).toMatchObject({ exit: 2, out: '' })
  })

  it('an unknown batch is refused by its code', async () => {
    expect(await run('7', '--reason', 'r')).toEqual({ exit: 1, out: '', err: 'batch-not-found\n' })
  })

  it('a batch is taken back once', async () => {
    await town.sql.run`
      insert into import_batch
        (kind, file_name, content_hash, format, report, state, author, applied_at)
      values ('benefits', 'b.dbf', ${Buffer.alloc(32)}, '{}', '{}', 'applied', 'test', ${town.now()})`
    expect(await run('1', '--reason', 'r')).toMatchObject({ exit: 0, err: '' })
    expect(await run('1', '--reason', 'r')).toMatchObject({ exit: 1, err: 'already-undone\n' })
  })
})
