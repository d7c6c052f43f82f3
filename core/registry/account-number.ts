/**
 * The key by which account numbers are compared within a provider: `0012345м`, ` 0012345M ` and
 * `0012 345М` are one account. Unicode forms, spaces (zero-width ones too), kinds of dashes, case
 * and the Cyrillic letters that look like Latin ones make no difference; everything else does:
 * leading zeros count, `12-005` is not `12005`, and a letter O among digits is not a zero.
 *
 * The number itself is shown as its provider wrote it; the key never is. An empty key is no
 * account.
 */
export function accountKey(number: string): string {
  return number
    .replace(SPACES, '')
    .normalize('NFC')
    .replace(DASHES, '-')
    .toUpperCase()
    .replace(LOOK_ALIKES, (letter) => LATIN[letter] ?? letter)
    .normalize('NFC')
}

const SPACES = /[\s\u00AD\u200B-\u200F\u2060\uFEFF]+/g
const DASHES = /[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g
const LOOK_ALIKES = /[АВСЕНІКМОРТХ]/g
const LATIN: Record<string, string> = {
  А: 'A',
  В: 'B',
  С: 'C',
  Е: 'E',
  Н: 'H',
  І: 'I',
  К: 'K',
  М: 'M',
  О: 'O',
  Р: 'P',
  Т: 'T',
  Х: 'X',
}
