import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type ImportKind } from '../../../core/exchange/kind.ts'
import { verify } from '../../../core/ledger/verify.ts'
import { testTown } from '../../support/town.ts'
import { fixture } from './formats/fixture.ts'
import { countRows, give, pickRecords, registerTown, WATER } from './town-files.ts'

const RUNS = Number(process.env['SOAK'] ?? 150)

const some = (name: string) => {
  let count = 0
  return pickRecords(fixture(`isengard/${name}`), () => ++count <= 30)
}
const head = (name: string) =>
  Buffer.from(fixture(`isengard/${name}`).toString().split('\n').slice(0, 30).join('\n'))

const files: [ImportKind, Buffer][] = [
  ['providers', fixture('isengard/providers.csv')],
  ['services', fixture('isengard/services.csv')],
  ['tariffs', fixture('isengard/tariffs.csv')],
  ['accounts', head('accounts.csv')],
  ['accounts', some('accounts.dbf')],
  ['meters', some('meters.dbf')],
  ['charges', some('charges.dbf')],
  ['payments', some('payments.dbf')],
  ['readings', head('readings.csv')],
  ['subsidies', fixture('isengard/subsidy/J000001.dbf')],
  ['benefits', fixture('isengard/subsidy/2pilga-55101018-202610.dbf')],
]

const town = await testTown()
await registerTown(town)

it('a spoilt file is taken whole or leaves no trace, and never breaks the importer', async () => {
  const spoilt = fc.record({
    file: fc.constantFrom(...files),
    bytes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true }), fc.nat(255)), {
      maxLength: 4,
    }),
    digits: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(spoilt, async ({ bytes, digits, file: [kind, content] }) => {
      const copy = Buffer.from(content)
      // digits for digits: most files stay readable, with other numbers in them
      for (const [place, byte] of bytes)
        copy[Math.floor(place * copy.length)] = digits ? 0x30 + (byte % 10) : byte
      const before = await countRows(town)
      const imported = await give(town, kind, copy, { provider: WATER })
      const applied = imported.ok && !imported.value.replayed ? imported.value : null
      expect(applied?.errors ?? (await countRows(town))).toEqual(applied ? [] : before)
    }),
    { numRuns: RUNS },
  )
  const faults = []
  for await (const fault of verify(town)) faults.push(fault)
  expect(faults).toEqual([])
})
