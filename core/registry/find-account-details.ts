import { type Town } from '../context.ts'
import { type Prisma } from '../db/generated/client.ts'
import { accountKey } from './account-number.ts'

/** An account without its holder: what a program needs to name it and to ask about its services. */
export type AccountDetails = {
  id: number
  number: string
  provider: { id: number; code: string }
  address: { streetType: string; street: string; house: string; flat: string }
  agreements: { id: number; service: string; serviceName: string }[]
}

const ACCOUNTS_MAX = 100

/**
 * The accounts of this number, compared in its folded form: several providers may have the same one.
 * With `providers` only accounts of these codes.
 */
export async function findAccountsByNumber(
  town: Town,
  input: { number: string; providers?: readonly string[] },
): Promise<AccountDetails[]> {
  const { number, providers } = input
  const rows = await town.prisma.account.findMany({
    where: {
      numberKey: accountKey(number),
      ...(providers ? { provider: { code: { in: [...providers] } } } : {}),
    },
    select: DETAILS,
    orderBy: { id: 'asc' },
    take: ACCOUNTS_MAX,
  })
  return rows.map(detailsOf)
}

/** The account of this id, or null. */
export async function findAccountDetails(town: Town, id: number): Promise<AccountDetails | null> {
  const row = await town.prisma.account.findUnique({ where: { id }, select: DETAILS })
  return row && detailsOf(row)
}

const DETAILS = {
  id: true,
  number: true,
  provider: { select: { id: true, code: true } },
  premise: {
    select: {
      flat: true,
      house: { select: { streetType: true, street: true, number: true } },
    },
  },
  agreements: {
    select: { id: true, service: { select: { code: true, name: true } } },
    orderBy: { service: { code: 'asc' } },
  },
} as const

type Row = Prisma.AccountGetPayload<{ select: typeof DETAILS }>

function detailsOf({ agreements, id, number, premise, provider }: Row): AccountDetails {
  const { flat, house } = premise
  return {
    id,
    number,
    provider,
    address: { streetType: house.streetType, street: house.street, house: house.number, flat },
    agreements: agreements.map((agreement) => ({
      id: agreement.id,
      service: agreement.service.code,
      serviceName: agreement.service.name,
    })),
  }
}
