import { type Endpoint } from './endpoint.ts'
import { accountDebtEndpoints } from './v1/account-debt.ts'
import { accountFactEndpoints } from './v1/account-facts.ts'
import { accountLifeEndpoints } from './v1/account-life.ts'
import { chargingEndpoints } from './v1/charging.ts'
import { explanationEndpoints } from './v1/explanations.ts'
import { importEndpoints } from './v1/imports.ts'
import { linkRequestEndpoints } from './v1/link-requests.ts'
import { meterEndpoints } from './v1/meters.ts'
import { monthEndpoints } from './v1/months.ts'
import { participantEndpoints } from './v1/participants.ts'
import { registryEndpoints } from './v1/registry.ts'
import { reportEndpoints } from './v1/reports.ts'
import { ruleEndpoints } from './v1/rules.ts'
import { statementEndpoints } from './v1/statements.ts'
import { subsidyHouseholdEndpoints } from './v1/subsidy-households.ts'
import { subsidyEndpoints } from './v1/subsidies.ts'

/** Every operation for programs, in the order of the document. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...importEndpoints,
  ...registryEndpoints,
  ...accountLifeEndpoints,
  ...accountDebtEndpoints,
  ...accountFactEndpoints,
  ...meterEndpoints,
  ...participantEndpoints,
  ...ruleEndpoints,
  ...statementEndpoints,
  ...explanationEndpoints,
  ...monthEndpoints,
  ...chargingEndpoints,
  ...reportEndpoints,
  ...linkRequestEndpoints,
  ...subsidyEndpoints,
  ...subsidyHouseholdEndpoints,
]
