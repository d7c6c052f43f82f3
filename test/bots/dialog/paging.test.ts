import { describe, expect, it } from '@jest/globals'
import { pageAsked, pageOf } from '../../../bots/dialog/paging.ts'
import { say } from '../../../core/outbox/message.ts'

const MENU = { label: say('dialog:to-menu'), value: 'menu' }
const choices = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ label: say('bills:month'), value: index }))

describe('choices of one message', () => {
  it.each([
    [0, [['menu']]],
    [7, [[0, 1, 2, 3, 4, 5, 6, 'menu']]],
    [
      8,
      [
        [0, 1, 2, 3, 4, 5, { page: 1 }, 'menu'],
        [6, 7, { page: 0 }, 'menu'],
      ],
    ],
    [
      13,
      [
        [0, 1, 2, 3, 4, 5, { page: 1 }, 'menu'],
        [6, 7, 8, 9, 10, 11, { page: 2 }, 'menu'],
        [12, { page: 0 }, 'menu'],
      ],
    ],
  ])('%i fit on pages of eight buttons', (count, pages) => {
    const shown = pages.map((_, page) => pageOf(choices(count), page, [MENU]))
    expect(shown.map((page) => page.map(({ value }) => value))).toEqual(pages)
  })

  it.each([
    [{ page: 2 }, 2],
    [{ page: '2' }, null],
    ['menu', null],
    [3, null],
    [null, null],
  ])('%j asks for page %j', (value, page) => {
    expect(pageAsked(value)).toBe(page)
  })
})
