import { createHash } from 'node:crypto'
import { type Context, type Town } from '../context.ts'
import { accept, refuse } from '../result.ts'

/**
 * What a program may do: bring files, issue months, keep accounts and meters, decide on link requests,
 * read.
 */
const ACTIVITIES = ['imports', 'months', 'accounts', 'requests', 'read'] as const
export type Activity = (typeof ACTIVITIES)[number]

/** A right as it is written: `imports` for the whole town, `imports:55101018` for one provider. */
export type Scope = Activity | `${Activity}:${string}`

/** A key in use. */
export type ApiKey = { id: number; name: string; scopes: Scope[] }

/** Where an activity may reach: every provider of the town, or those of these codes. */
export type Reach = 'town' | ReadonlySet<string>

const KEY_PREFIX = 'os_'
const KEY_BYTES = 32
const PROVIDER_CODE = /^\d{8,10}$/

/**
 * Makes a key for a program and gives it: the only time it is seen, afterwards only its hash is known.
 * Refuses: `scope-unknown` with the first `scope` that is none (a link request belongs to no
 * provider, so `requests` cannot be limited to one); `name-taken`, by a revoked key too.
 */
export async function createApiKey(town: Town, input: { name: string; scopes: readonly string[] }) {
  const scopes = input.scopes.filter(isScope)
  const unknown = input.scopes.find((scope) => !isScope(scope))
  if (unknown !== undefined || scopes.length === 0)
    return refuse('scope-unknown', { scope: unknown ?? '' })
  const key = KEY_PREFIX + Buffer.from(town.random(KEY_BYTES)).toString('base64url')
  const { count } = await town.prisma.apiKey.createMany({
    data: [{ name: input.name, hash: hashOf(key), scopes, createdAt: town.now() }],
    skipDuplicates: true,
  })
  return count === 1 ? accept({ key }) : refuse('name-taken')
}

/** All keys ever made, oldest first, without the keys themselves. */
export function readApiKeys(
  town: Town,
): Promise<(ApiKey & { createdAt: Date; revokedAt: Date | null })[]> {
  return town.prisma.apiKey
    .findMany({ omit: { hash: true }, orderBy: { id: 'asc' } })
    .then((rows) => rows.map((row) => ({ ...row, scopes: row.scopes.filter(isScope) })))
}

/** Ends a key at once. Refuses: `key-not-found`, also when it was revoked before. */
export async function revokeApiKey(town: Town, name: string) {
  const { count } = await town.prisma.apiKey.updateMany({
    where: { name, revokedAt: null },
    data: { revokedAt: town.now() },
  })
  return count === 1 ? accept(undefined) : refuse('key-not-found')
}

/**
 * The running key a caller shows, or null. It is found by its hash, so how long the search takes says
 * nothing about the key.
 */
export function findApiKey(ctx: Context, key: string): Promise<ApiKey | null> {
  return ctx.sql.maybe<ApiKey>`
    select id, name, scopes from api_key where hash = ${hashOf(key)} and revoked_at is null`
}

/** Where the scopes let an activity reach; null when it is not allowed at all. */
export function reachOf(scopes: readonly Scope[], activity: Activity): Reach | null {
  if (scopes.includes(activity)) return 'town'
  const codes = scopes.flatMap((scope) => {
    const [allowed, code] = scope.split(':')
    return allowed === activity && code !== undefined ? [code] : []
  })
  return codes.length > 0 ? new Set(codes) : null
}

/** Who a key is in what it writes. */
export function authorOf(key: Pick<ApiKey, 'name'>): string {
  return `api:${key.name}`
}

/** Whether a provider is within reach. */
export function reaches(reach: Reach, providerCode: string): boolean {
  return reach === 'town' || reach.has(providerCode)
}

function isScope(text: string): text is Scope {
  const [activity = '', code, ...more] = text.split(':')
  if (!ACTIVITIES.some((known) => known === activity) || more.length > 0) return false
  return code === undefined || (activity !== 'requests' && PROVIDER_CODE.test(code))
}

function hashOf(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(key).digest())
}
