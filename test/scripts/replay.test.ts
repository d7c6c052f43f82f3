import { expect, it } from '@jest/globals'
import { runReplay } from '../../scripts/replay.ts'
import { buildSmallTown } from '../support/small-town.ts'
import { testTown } from '../support/town.ts'
import { listen } from './spoken.ts'

const town = await testTown()

it('an unknown argument shows how it is called', async () => {
  const io = listen()
  expect(await runReplay(town, ['--all'], io)).toBe(2)
  expect(io.said()[1]).toContain('npm run -s replay')
})

it('entries that no stored fact stands behind are found, month by month', async () => {
  await buildSmallTown(town)
  const io = listen()
  expect(await runReplay(town, [], io)).toBe(1)
  expect(io.said()[0]).toContain('month 202610 of provider')
})
