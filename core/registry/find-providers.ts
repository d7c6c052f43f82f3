import { type Town } from '../context.ts'

/** A provider and what it delivers. */
export type ProviderDetails = {
  code: string
  name: string
  /** First month charged here; null: its accounting program sends finished charges. */
  chargedFrom: number | null
  services: { code: string; name: string; unit: string }[]
}

const PROVIDERS_MAX = 1000

/** Providers of the town with their services, by code; with `codes` only these. */
export function findProviders(town: Town, codes?: readonly string[]): Promise<ProviderDetails[]> {
  return town.prisma.provider.findMany({
    ...(codes ? { where: { code: { in: [...codes] } } } : {}),
    select: {
      code: true,
      name: true,
      chargedFrom: true,
      services: { select: { code: true, name: true, unit: true }, orderBy: { code: 'asc' } },
    },
    orderBy: { code: 'asc' },
    take: PROVIDERS_MAX,
  })
}
