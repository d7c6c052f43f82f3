/**
 * The part of a logger the product uses. Fields never hold names, phones, tokens or message texts:
 * log ids, codes and counts.
 */
export type Logger = {
  debug: (fields: object, message: string) => void
  info: (fields: object, message: string) => void
  warn: (fields: object, message: string) => void
  error: (fields: object, message: string) => void
}
