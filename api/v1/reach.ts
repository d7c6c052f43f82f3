import { reaches, type Reach } from '../../core/access/api-keys.ts'
import { type Caller, type RefusalSpec } from '../endpoint.ts'

/** A key limited to providers asked about another one. */
export const FORBIDDEN: RefusalSpec = {
  status: 403,
  means: 'The key does not reach this provider',
}

/** Whether the caller may ask about this provider. */
export function mayUse({ reach }: Caller, providerCode: string): boolean {
  return reaches(reach, providerCode)
}

/** The filter of reads for what a key reaches: none for the whole town. */
export function withinReach(reach: Reach): { providers?: string[] } {
  return reach === 'town' ? {} : { providers: [...reach] }
}
