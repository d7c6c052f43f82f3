import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openCommands } from '../../bots/dialog/commands.ts'
import { LANGUAGES, type Language, openTranslator } from '../../templates/translate.ts'
import { read, root, sources } from '../support/sources.ts'

const LOCALES = path.join(root, 'templates/locales')
const PLURALS = ['one', 'few', 'many', 'other']
const PLURAL = new RegExp(`_(?:${PLURALS.join('|')})$`)

type Words = { [name: string]: string | Words }

/** `file:path.to.key` and its words. */
function catalogue(language: Language): Map<string, string> {
  const words = new Map<string, string>()
  const add = (prefix: string, node: Words) => {
    for (const [name, value] of Object.entries(node))
      if (typeof value === 'string') words.set(`${prefix}${name}`, value)
      else add(`${prefix}${name}.`, value)
  }
  for (const file of readdirSync(path.join(LOCALES, language))) {
    const text = readFileSync(path.join(LOCALES, language, file), 'utf8')
    add(`${file.replace('.json', '')}:`, JSON.parse(text) as Words)
  }
  return words
}

const catalogues = new Map(LANGUAGES.map((language) => [language, catalogue(language)]))
const [main, ...others] = LANGUAGES
const wordsOf = (language: Language) => catalogues.get(language) ?? new Map<string, string>()
const uk = wordsOf(main)
/** Keys as code asks for them: without the form of the plural. */
const keys = new Set([...uk.keys()].map((key) => key.replace(PLURAL, '')))
const files = new Set([...keys].map((key) => key.split(':')[0]))

function params(words: string): string[] {
  return [...new Set([...words.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ''))].sort()
}

type Use = { file: string; key: string }
/** What the code asks for, as whole keys and as patterns like `link:proof.*`. */
const uses: Use[] = sources('bots', 'core', 'templates', 'api', 'scripts').flatMap((file) =>
  [
    ...read(file)
      .replace(/\/\*\*[^]*?\*\//g, '')
      .matchAll(/['"`]([a-z]+):((?:[\w.-]|\$\{[^`]*?\})+)['"`]/g),
  ]
    .filter(([, name]) => files.has(name))
    .map(([, name, rest]) => ({ file, key: `${name}:${rest?.replace(/\$\{.*\}/, '*')}` })),
)

/** Codes a use case in this file of the core can refuse with. */
function refusalsOf(file: string): string[] {
  return [...read(file).matchAll(/refuse\('([a-z-]+)'/g)].map(([, code]) => code ?? '')
}

function importsOf(file: string): string[] {
  const found = [...read(file).matchAll(/from '(\.[^']+)'/g)].map(([, to]) => to ?? '')
  return found.map((to) => path.join(path.dirname(file), to))
}

const isWhole = ({ key }: Use) => !key.includes('*')

/** Whether a use of a pattern can mean the key: `link:proof.*` any, `notice:*` one named beside it. */
function covers({ file, key: pattern }: Use, key: string): boolean {
  const [start = '', end = ''] = pattern.split('*')
  if (!key.startsWith(start) || !key.endsWith(end)) return false
  if (!start.endsWith(':')) return true
  const name = key.slice(start.length)
  if (start === 'refusal:')
    return importsOf(file).some((imported) => refusalsOf(imported).includes(name))
  // The name may be put together of two: `${term}-${side}`.
  const isNamed = (part: string) => new RegExp(`['"\`.]${part}\\b`).test(read(file))
  const parts = /^(\w+)-(\w+)$/.exec(name)
  return isNamed(name) || (parts?.slice(1).every(isNamed) ?? false)
}

describe('words', () => {
  it.each(others)('in %s have the keys of the first language', (language) => {
    expect([...wordsOf(language).keys()].sort()).toEqual([...uk.keys()].sort())
  })

  it.each(others)('in %s have the parameters of the first language', (language) => {
    const differ = [...uk].filter(([key, words]) => {
      const there = wordsOf(language).get(key) ?? ''
      return params(there).join() !== params(words).join()
    })
    expect(differ.map(([key]) => key)).toEqual([])
  })

  it.each(LANGUAGES)('in %s are never empty but for the single dial', (language) => {
    const empty = [...wordsOf(language)].filter(([, words]) => words.trim() === '')
    expect(empty.map(([key]) => key).filter((key) => !key.endsWith('zone.0'))).toEqual([])
  })

  it.each(LANGUAGES)('in %s have all four forms wherever something is counted', (language) => {
    const words = wordsOf(language)
    const counted = [...words].filter(
      ([key, text]) => PLURAL.test(key) || text.includes('{{count}}'),
    )
    const bases = new Set(counted.map(([key]) => key.replace(PLURAL, '')))
    const missing = [...bases].flatMap((base) =>
      PLURALS.map((form) => `${base}_${form}`).filter((key) => !words.has(key)),
    )
    expect(missing).toEqual([])
  })

  it('asked for by the code are there', () => {
    const absent = uses.filter((use) =>
      isWhole(use) ? !keys.has(use.key) : ![...keys].some((key) => covers(use, key)),
    )
    expect(absent).toEqual([])
  })

  it('nobody asks for are not there', () => {
    const asked = new Set(uses.filter(isWhole).map(({ key }) => key))
    const patterns = uses.filter((use) => !isWhole(use))
    const unused = [...keys].filter(
      (key) => !asked.has(key) && !patterns.some((use) => covers(use, key)),
    )
    expect(unused).toEqual([])
  })

  it('exist for every refusal a conversation passes on', () => {
    const passing = uses.filter(({ key }) => key === 'refusal:*').map(({ file }) => file)
    expect(passing.length).toBeGreaterThan(0)
    const codes = passing.flatMap((file) => importsOf(file).flatMap(refusalsOf))
    expect(codes.filter((code) => !keys.has(`refusal:${code}`))).toEqual([])
  })

  it('of one command are not those of another', () => {
    const translate = openTranslator()
    const commands = openCommands(translate)
    for (const language of LANGUAGES)
      for (const command of ['menu', 'cancel', 'help'] as const)
        for (const word of translate(language)(`dialog:command-words.${command}`).split('|'))
          expect([word, commands.find(` ${word.toUpperCase()} `)]).toEqual([word, command])
  })
})
