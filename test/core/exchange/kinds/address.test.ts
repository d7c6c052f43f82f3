import { expect, it } from '@jest/globals'
import { parseAddress } from '../../../../core/exchange/kinds/address.ts'

it.each([
  ['вул. Боромира, 4, кв. 29', ['вул.', 'Боромира', '4', '29']],
  ["вул. Дев'яти Перснів, 13 корп. 2", ['вул.', "Дев'яти Перснів", '13 корп. 2', '']],
  ['узвіз Саруманів, 1', ['узвіз', 'Саруманів', '1', '']],
  ['просп.Гендальфа, буд. 12а, кв.5', ['просп.', 'Гендальфа', '12а', '5']],
])('%s is read', (text, [streetType, street, house, flat]) => {
  expect(parseAddress(text)).toEqual({ streetType, street, house, flat })
})

it.each(['', 'Боромира 4', 'вул. Боромира', 'вул. Боромира, 4, кв. 29, під. 2'])(
  '%j is no address',
  (text) => {
    expect(parseAddress(text)).toBeNull()
  },
)
