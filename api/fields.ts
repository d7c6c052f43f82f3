import { z } from 'zod'
import { type Period } from '../core/period.ts'

/** Schemas with a name: parts of the API's document that other parts refer to. */
export const components = z.registry<{ id: string }>()

/** Names a schema in the API's document. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
  components.add(schema, { id })
  return schema
}

const ID_MAX = 2 ** 31 - 1

/** The id of a row, in a body. */
export const idField = z.int().min(1).max(ID_MAX)
/** The id of a row, in an address. */
export const idText = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number)
  .pipe(idField)

/** A month, in a body: 202610. */
// The check is the proof of the type: `transform` would hide the number from the document.
export const monthField = z
  .int()
  .min(190001)
  .max(219912)
  .refine((month) => month % 100 >= 1 && month % 100 <= 12, 'Not a month')
  .meta({ description: 'Month as yyyymm', examples: [202610] }) as unknown as z.ZodType<
  Period,
  number
>
/** A month, in an address. */
export const monthText = z
  .string()
  .regex(/^\d{6}$/)
  .transform(Number)
  .pipe(monthField)

/** The provider's ЄДРПОУ (8 digits), personal tax number (10) or УНП (9). */
export const providerField = z
  .string()
  .regex(/^\d{8,10}$/)
  .meta({ description: 'Code of the provider in the state register', examples: ['55101018'] })

export const instantField = z.iso.datetime()

/** Kopecks: decimal text, because a JSON number loses digits. */
export const kopecksField = z
  .string()
  // Fifteen digits are more than any town has, and fit into the database.
  .regex(/^-?\d{1,15}$/)
  .meta({ description: 'Kopecks', examples: ['126470'] })

/** How many rows to give at most, in an address. */
export function limitText(max: number) {
  return z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(max))
    .default(max)
}
