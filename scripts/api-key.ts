import { parseArgs } from 'node:util'
import { createApiKey, readApiKeys, revokeApiKey } from '../core/access/api-keys.ts'
import { type Town } from '../core/context.ts'
import { type ControlOutput } from '../core/db/control-channel.ts'

const USAGE = `npm run -s api-key -- create --name NAME --scope S [--scope S…]    makes a key and shows it once
npm run -s api-key -- list                                        all keys, never the secret
npm run -s api-key -- revoke --name NAME                          ends a key at once
scopes: imports, months, accounts, read, each for the town or for one provider (imports:55101018); requests
`
const DONE = 0
const REFUSED = 1
const WRONG_USAGE = 2

type Asked =
  | { command: 'create'; name: string; scopes: string[] }
  | { command: 'list' }
  | { command: 'revoke'; name: string }

/**
 * Makes, lists and ends the keys of programs. A new key is all that standard output gets, so that it
 * can be piped into a vault. Gives 0, 1 when it is refused, 2 for arguments it does not know.
 */
export async function runApiKey(
  town: Town,
  argv: readonly string[],
  io: ControlOutput,
): Promise<number> {
  const asked = readArgs(argv)
  switch (asked?.command) {
    case 'create':
      return create(town, asked, io)
    case 'list':
      return list(town, io)
    case 'revoke':
      return revoke(town, asked.name, io)
    case undefined:
      io.err(USAGE)
      return WRONG_USAGE
  }
}

async function create(
  town: Town,
  asked: Extract<Asked, { command: 'create' }>,
  io: ControlOutput,
): Promise<number> {
  const created = await createApiKey(town, asked)
  if (!created.ok) {
    const about = created.code === 'scope-unknown' ? created.scope : asked.name
    io.err(`${created.code}: ${about}\n`)
    return REFUSED
  }
  io.err('Keep it now: it is not shown again.\n')
  io.out(`${created.value.key}\n`)
  return DONE
}

async function list(town: Town, io: ControlOutput): Promise<number> {
  for (const { createdAt, name, revokedAt, scopes } of await readApiKeys(town)) {
    const end = revokedAt ? `, revoked ${revokedAt.toISOString()}` : ''
    io.out(`${name}: ${scopes.join(' ')}, made ${createdAt.toISOString()}${end}\n`)
  }
  return DONE
}

async function revoke(town: Town, name: string, io: ControlOutput): Promise<number> {
  const revoked = await revokeApiKey(town, name)
  if (revoked.ok) {
    io.out(`${name} is revoked\n`)
    return DONE
  }
  io.err(`${revoked.code}: ${name}\n`)
  return REFUSED
}

function readArgs(argv: readonly string[]): Asked | null {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { name: { type: 'string' }, scope: { type: 'string', multiple: true } },
    })
    const [command, ...more] = positionals
    const { name, scope } = values
    if (more.length > 0) return null
    if (command === 'list' && !name && !scope) return { command }
    if (command === 'revoke' && name && !scope) return { command, name }
    if (command === 'create' && name && scope) return { command, name, scopes: scope }
    return null
  } catch {
    // parseArgs throws for a flag it does not know.
    return null
  }
}
