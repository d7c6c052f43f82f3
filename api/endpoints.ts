import { type Endpoint } from './endpoint.ts'
import { importEndpoints } from './v1/imports.ts'
import { linkRequestEndpoints } from './v1/link-requests.ts'
import { monthEndpoints } from './v1/months.ts'
import { registryEndpoints } from './v1/registry.ts'
import { statementEndpoints } from './v1/statements.ts'

/** Every operation for programs, in the order of the document. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...importEndpoints,
  ...registryEndpoints,
  ...statementEndpoints,
  ...monthEndpoints,
  ...linkRequestEndpoints,
]
