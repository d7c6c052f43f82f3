import i18next, { type TFunction } from 'i18next'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Languages every word exists in; the first is the default. */
export const LANGUAGES = ['uk', 'ru', 'be', 'en'] as const
export type Language = (typeof LANGUAGES)[number]
/** Words for `file:key` (`balance:title`), with `{{name}}` filled; `count` must be a number. */
export type Translate = (key: string, params?: Record<string, string | number>) => string

const folder = fileURLToPath(new URL('./locales/', import.meta.url))

/**
 * Loads `locales/<language>/<file>.json` of every language, with `common:currency` being that of the town. A missing key throws: a catalogue
 * with a hole is a bug, not a text to show.
 */
export function openTranslator(currency = 'UAH'): (language: Language) => Translate {
  const resources = Object.fromEntries(
    LANGUAGES.map((language) => [language, inCurrency(catalogue(language), currency)]),
  )
  const instance = i18next.createInstance()
  void instance.init({
    resources,
    initAsync: false,
    ns: Object.keys(resources[LANGUAGES[0]] ?? {}),
    fallbackLng: false,
    interpolation: { escapeValue: false },
    parseMissingKeyHandler: (key) => {
      throw new Error(`no words for ${key}`)
    },
  })
  const fixed = new Map(LANGUAGES.map((language) => [language, bind(instance.getFixedT(language))]))
  return (language) => fixed.get(language) ?? missing(language)
}

// Most words have no parameters: looked up once.
function bind(t: TFunction): Translate {
  const plain = new Map<string, string>()
  return (key, params) => {
    if (params) return t(key, params)
    let text = plain.get(key)
    if (text === undefined) {
      text = t(key)
      plain.set(key, text)
    }
    return text
  }
}

function missing(language: string): never {
  throw new Error(`no catalogue for ${language}`)
}

function inCurrency(words: Record<string, object>, currency: string): Record<string, object> {
  const { currency: names } = words['bill'] as { currency: Record<string, string> }
  return { ...words, common: { ...words['common'], currency: names[currency] ?? currency } }
}

function catalogue(language: Language): Record<string, object> {
  const names = readdirSync(`${folder}${language}`).filter((name) => name.endsWith('.json'))
  return Object.fromEntries(
    names.map((name) => [
      name.slice(0, -'.json'.length),
      JSON.parse(readFileSync(`${folder}${language}/${name}`, 'utf8')) as object,
    ]),
  )
}
