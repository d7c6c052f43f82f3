import { defineConfig } from 'prisma/config'

// generate, validate and format run on WebAssembly alone, yet the CLI first looks for the native
// schema engine and, without internet, stops. Any existing file satisfies it. Never set this for
// `migrate`: with a dummy engine it exits 0 and applies nothing.
const command = process.argv[2] ?? ''
if (
  !process.env['PRISMA_SCHEMA_ENGINE_BINARY'] &&
  ['generate', 'validate', 'format'].includes(command)
) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] = process.execPath
}

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
})
