import { LANGUAGES, type Language, type Translate } from '../../templates/translate.ts'

/** What free text can mean, most urgent first. */
const INTENTS = ['emergency', 'human', 'reading', 'bill', 'balance', 'link', 'settings'] as const
export type Intent = (typeof INTENTS)[number]

/** What people say; the inside of a button, like `add-reading#1#yes`, is not words. */
const WORDS = /^[\p{L}\s'’ʼ.,!?()-]+$/u

export type Intents = {
  find: (text: string) => Intent | null
  /** Whether it is told by phone first, in whatever step it is said. */
  isEmergency: (text: string) => boolean
  /** Whether it means anything to the menu. */
  isMeaningful: (text: string) => boolean
}

/** Finds what a message means by the beginnings of its words, in every language. */
export function openIntents(translate: (language: Language) => Translate): Intents {
  const known = INTENTS.map((intent) => ({
    intent,
    stems: LANGUAGES.flatMap((language) => translate(language)(`intents:${intent}`).split('|')),
  }))
  const find = (text: string) => {
    const folded = ` ${text.toLocaleLowerCase('uk').replace(/[^\p{L}\d]+/gu, ' ')}`
    const found = known.find(({ stems }) => stems.some((stem) => folded.includes(` ${stem}`)))
    return found?.intent ?? null
  }
  return {
    find,
    isEmergency: (text) => find(text) === 'emergency',
    isMeaningful: (text) => WORDS.test(text) && find(text) !== null,
  }
}
