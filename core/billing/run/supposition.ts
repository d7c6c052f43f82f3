import { z } from 'zod'
import { type Supposition } from '../../tariffs/read-rulebook.ts'
import { type RuleVersion, type TariffVersion } from '../../tariffs/rulebook.ts'

const integer = z.union([z.string().regex(/^-?\d+$/), z.number()]).transform((text) => BigInt(text))
const tariff = z.object({
  id: z.int(),
  serviceId: z.int(),
  zone: z.int(),
  part: z.enum(['volume', 'fixed']),
  plan: z.enum(['standard', 'full']),
  aboveE8: integer,
  fromDay: z.string(),
  toDay: z.string().nullable(),
  priceE8: integer,
  subscription: integer,
  normE8: integer.nullable(),
})
const shape = z.object({ tariffs: z.array(tariff), rules: z.array(z.looseObject({})) })

/** What a stored trial supposes; null for a real month. JSON has no big integers: they come as text. */
export function reviveSupposition(stored: unknown): Supposition | null {
  if (stored === null || stored === undefined) return null
  const { rules, tariffs } = shape.parse(stored)
  return {
    tariffs: tariffs as unknown as TariffVersion[],
    rules: rules as unknown as RuleVersion[],
  }
}
