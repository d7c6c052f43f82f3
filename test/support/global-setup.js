import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = path.join(root, 'node_modules/.cache/oselia')
const DAY_MS = 24 * 60 * 60_000

/**
 * Makes the embedded database that every test file starts from: migrated, empty, dumped to a file
 * whose path the tests find in OSELIA_TEST_IMAGE. It is made again only when a migration changes.
 */
export default async function setUp() {
  const image = path.join(cache, `${await fingerprint()}.tar`)
  process.env['OSELIA_TEST_IMAGE'] = image
  if (existsSync(image)) return
  await mkdir(cache, { recursive: true })
  // Another run may be making the same image now: each makes its own and puts it there whole.
  const own = `${image}.${process.pid}`
  const script = fileURLToPath(new URL('./template.ts', import.meta.url))
  await promisify(execFile)(process.execPath, ['--import', 'tsx', script, own], { cwd: root })
  await rename(own, image)
  await removeOld()
}

// Not at once: another run may still be reading an image of yesterday's migrations.
async function removeOld() {
  for (const name of await readdir(cache)) {
    const file = path.join(cache, name)
    if (Date.now() - (await stat(file)).mtimeMs > DAY_MS) await rm(file, { force: true })
  }
}

async function fingerprint() {
  const hash = createHash('sha256')
  hash.update(readFileSync(path.join(root, 'node_modules/@electric-sql/pglite/package.json')))
  hash.update(readFileSync(path.join(root, 'core/db/pglite-worker.js')))
  const migrations = path.join(root, 'prisma/migrations')
  for (const name of (await readdir(migrations)).sort()) {
    const file = path.join(migrations, name, 'migration.sql')
    if (existsSync(file)) hash.update(name).update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 32)
}
