import { expect, it } from '@jest/globals'
import { reasonsOf } from '../../../../core/billing/subsidy/likely-entitled.ts'

const terms = {
  qualifying: {
    'pensioner-not-working': 'a pensioner who does not work',
    'disabled-not-working': 'a disabled adult who does not work',
    'carer-of-child-under-3': 'care of a small child',
  },
  blocking: ['able-bodied', 'not-employed'],
}

it.each<[string, string[], string[]]>([
  ['a pensioner alone', ['pensioner-not-working'], ['a pensioner who does not work']],
  [
    'two pensioners, said once',
    ['pensioner-not-working', 'pensioner-not-working'],
    ['a pensioner who does not work'],
  ],
  [
    'a disabled person and a pensioner, in the order of the rule',
    ['disabled-not-working', 'pensioner-not-working'],
    ['a pensioner who does not work', 'a disabled adult who does not work'],
  ],
  ['a carer with a child', ['carer-of-child-under-3', 'child'], ['care of a small child']],
  ['a pensioner with somebody able-bodied', ['pensioner-not-working', 'able-bodied'], []],
  ['a pensioner with somebody not employed', ['pensioner-not-working', 'not-employed'], []],
  ['children alone', ['child'], []],
  ['nobody', [], []],
])('the reasons for %s are told', (_name, statuses, expected) => {
  expect(reasonsOf(statuses, terms)).toEqual(expected)
})
