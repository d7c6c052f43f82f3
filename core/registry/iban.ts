/** What is wrong with a bank account number: not the form of a known country, or check digits that do not fit. */
export type IbanFault = 'form' | 'checksum'

/** Ukraine: 2 check digits, bank 6, account 19. Belarus: 2 check digits, bank 4, balance account 4, account 16. */
const FORMS = /^(?:UA\d{27}|BY\d{2}[A-Z0-9]{4}\d{4}[A-Z0-9]{16})$/

/**
 * Names the fault of a Ukrainian or Belarusian IBAN written without spaces, or null when it is right.
 * Source: ISO 13616: the first four characters moved to the end, A = 10 … Z = 35, modulo 97 is 1.
 */
export function ibanFault(iban: string): IbanFault | null {
  if (!FORMS.test(iban)) return 'form'
  const digits = `${iban.slice(4)}${iban.slice(0, 4)}`.replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  )
  return BigInt(digits) % 97n === 1n ? null : 'checksum'
}

/** The number in groups of four for people: `UA12 3000 0100 0002 6001 0000 0010 1`. */
export function formatIban(iban: string): string {
  return iban.replace(/(.{4})(?=.)/g, '$1 ')
}
