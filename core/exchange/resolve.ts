import { findAccounts, accountRefText, type FoundAccount } from '../registry/find-accounts.ts'
import { type Directory, readDirectory, type ServiceEntry } from '../registry/read-directory.ts'
import { type AccountNumber } from './cells.ts'
import { type FileRow, type Job } from './kind.ts'

/** `provider` is '' where the row leaves it to the sender. */
export type ProviderRow = FileRow & { provider: string }
export type AccountRow = ProviderRow & { account: AccountNumber }
export type AgreementRow = AccountRow & { service: string }

export type ResolvedAccount<Row> = { row: Row; providerId: number; account: FoundAccount }
export type ResolvedAgreement<Row> = { row: Row; providerId: number; agreementId: number }

/**
 * The provider a row belongs to: its own code, else the sender. Null when the row is refused:
 * `provider-required`, `foreign-provider` (of another than the sender, where that is not allowed),
 * `unknown-provider`.
 */
export function resolveProvider(job: Job, directory: Directory, row: ProviderRow): number | null {
  const { findings, ownOnly, sender } = job
  const no = (code: string) => {
    findings.refuse(row.line, 'provider', code, row.provider)
    return null
  }
  if (row.provider === '') return sender?.id ?? no('provider-required')
  if (ownOnly && row.provider !== sender?.code) return no('foreign-provider')
  return directory.providerId(row.provider) ?? no('unknown-provider')
}

/** Rows with their account; the others are refused: as by `resolveProvider`, or `unknown-account`. */
export async function resolveAccounts<Row extends AccountRow>(
  job: Job,
  directory: Directory,
  rows: readonly Row[],
): Promise<ResolvedAccount<Row>[]> {
  const owners = rows.map((row) => resolveProvider(job, directory, row))
  const wanted = rows.flatMap(({ account: { key } }, index) => {
    const providerId = owners[index] ?? null
    return providerId === null ? [] : [{ providerId, key }]
  })
  const found = await findAccounts(job.tx, wanted)
  return rows.flatMap((row, index) => {
    const providerId = owners[index] ?? null
    if (providerId === null) return []
    const account = found.get(accountRefText({ providerId, key: row.account.key }))
    if (account) return [{ row, providerId, account }]
    job.findings.refuse(row.line, 'account', 'unknown-account', row.account.number)
    return []
  })
}

/**
 * Rows with their agreement; the others are refused: as by `resolveAccounts`, `unknown-service`, or
 * `service-not-agreed` when the account does not have it.
 */
export async function resolveAgreements<Row extends AgreementRow>(
  job: Job,
  rows: readonly Row[],
): Promise<ResolvedAgreement<Row>[]> {
  const directory = await readDirectory(job.tx)
  const resolved = await resolveAccounts(job, directory, rows)
  return resolved.flatMap(({ row, providerId, account }) => {
    const service = directory.service(providerId, row.service)
    const agreementId = agreementOf(job, account, service, row)
    return agreementId === null ? [] : [{ row, providerId, agreementId }]
  })
}

/** The account's agreement for a service, or null and a refused row. */
export function agreementOf(
  { findings }: Job,
  account: FoundAccount,
  service: ServiceEntry | null,
  row: FileRow & { service: string },
): number | null {
  const agreementId = service && account.agreements.get(service.id)
  if (agreementId) return agreementId
  const code = service ? 'service-not-agreed' : 'unknown-service'
  findings.refuse(row.line, 'service', code, row.service)
  return null
}
