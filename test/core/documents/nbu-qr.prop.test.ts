import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { kopecks } from '../../../core/money.ts'
import { encodeNbuQr, type NbuContent, type NbuEditable } from '../../../core/documents/nbu-qr.ts'
import { decodeNbuQr } from '../../../core/documents/read-nbu-qr.ts'

const LETTERS = Array.from('абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐЄІЇ «»“”’№—/;.,"1234567890abcXYZ')
const words = (maxLength: number) =>
  fc
    .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength })
    .map((letters) => letters.join('').replace(/ +/g, ' ').trim())
    .filter((text) => text !== '')

const sum = fc.option(
  fc.bigInt({ min: 1n, max: 99_999_999_999n }).map((amount) => kopecks(amount)),
  { nil: undefined },
)
const base = {
  iban: fc.constantFrom('UA123000010000026001000000101', 'UA293000010000026009000000202'),
  code: fc.constantFrom('12345678', '00032129', '2922012335', 'МА123456', '001234567'),
  amount: sum,
}
const content002 = fc.record<Extract<NbuContent, { format: '002' }>>({
  format: fc.constant('002' as const),
  recipient: words(38),
  ...base,
  purpose: words(140),
})
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const time = fc
  .tuple(fc.integer({ min: 2026, max: 2090 }), fc.integer({ min: 10, max: 12 }))
  .map(([year, month]) => `${year}-${month}-28T23:59:59`)
const fields: NbuEditable[] = ['recipient', 'iban', 'amount', 'code', 'category', 'purpose']
const content003 = fc.record<Extract<NbuContent, { format: '003' }>>({
  format: fc.constant('003' as const),
  recipient: words(60),
  ...base,
  purpose: words(60),
  kind: fc.constantFrom('UCT', 'ICT', 'XCT'),
  category: fc.constantFrom('SUPP/SUPP', 'SUPP/REGU', 'MP2B/GSCB', 'OTHR/OTHR'),
  reference: optional(fc.constantFrom('101-2026-10', '1', 'A/7')),
  display: optional(words(20)),
  editable: optional(fc.subarray(fields)),
  validUntil: optional(time),
  createdAt: optional(time),
})

describe('a code', () => {
  it('reads back as it was written, in both formats, encodings and line endings', () => {
    fc.assert(
      fc.property(
        fc.oneof(content002, content003),
        fc.constantFrom('windows-1251' as const, 'utf-8' as const),
        fc.constantFrom('lf' as const, 'crlf' as const),
        (content, encoding, lineEnding) => {
          const written = encodeNbuQr(content, { encoding, lineEnding, sign: false })
          fc.pre(written.ok)
          expect(decodeNbuQr(written.value.text)).toEqual({
            ok: true,
            value: { content, encoding, lineEnding, warnings: [] },
          })
        },
      ),
    )
  })

  it('of any texts is refused or holds exactly the transfer it says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (recipient, purpose) => {
          const iban = 'UA123000010000026001000000101'
          const content = { format: '002', recipient, iban, code: '12345678', purpose } as const
          const written = encodeNbuQr(content)
          fc.pre(written.ok)
          const read = decodeNbuQr(written.value.text)
          expect(read).toMatchObject({ ok: true, value: { content: written.value.transfer } })
        },
      ),
    )
  })
})
