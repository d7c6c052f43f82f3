import { type Context } from '../../core/context.ts'

const RANDOM_BYTES = 12
const FORM = /^~[\w-]{16}$/

/** A button's secret name: 96 random bits, 17 ASCII characters. It means nothing by itself. */
export function newToken(ctx: Context): string {
  return `~${Buffer.from(ctx.random(RANDOM_BYTES)).toString('base64url')}`
}

/** Whether a text has the form of a token; people do not write so. */
export function isToken(text: string): boolean {
  return FORM.test(text)
}
