import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'

it('the migrations lead to the schema', async () => {
  const check = ['--import', 'tsx', 'scripts/migration.ts', '--check']
  const { stdout } = await promisify(execFile)(process.execPath, check)
  expect(stdout).toContain('no change')
})
