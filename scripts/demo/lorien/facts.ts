import { recordAbsence } from '../../../core/billing/facts/absence.ts'
import { recordBeneficiary } from '../../../core/billing/facts/beneficiary.ts'
import { changeHousehold } from '../../../core/billing/facts/change-household.ts'
import { applyForSubsidy } from '../../../core/billing/subsidy/apply-for-subsidy.ts'
import { grantSubsidy } from '../../../core/billing/subsidy/decide-case.ts'
import { type OccupantStatus } from '../../../core/billing/subsidy/occupant-status.ts'
import { recordOccupant } from '../../../core/billing/subsidy/occupants.ts'
import { receiveDocument } from '../../../core/billing/subsidy/receive-document.ts'
import { type Context } from '../../../core/context.ts'
import { transaction } from '../../../core/db/transaction.ts'
import { kopecks } from '../../../core/money.ts'
import { plainDate } from '../../../core/period.ts'
import { findService, nameParties } from '../../../core/registry/participants-parties.ts'
import { joinSettlement, type ParticipantRole } from '../../../core/registry/participants.ts'
import { AUTHOR } from '../../demo-town.ts'
import { HEAT, UTILITY, WATER } from './town.ts'

const SINCE = plainDate('2026-01-01')
const CHARGED = plainDate('2026-08-01')
const APPLIED = plainDate('2026-07-20')

const ROLES: readonly [code: string, role: ParticipantRole][] = [
  [UTILITY, 'authorised'],
  [HEAT, 'energy-supplier'],
  [WATER, 'provider'],
]
/** Who is paid for a service that another one charges. */
const PAYEES: readonly [service: string, code: string][] = [
  ['03', HEAT],
  ['04', HEAT],
  ['05', WATER],
  ['06', WATER],
]

/** People of the households that staff know more of. */
const PEOPLE: readonly [account: string, ...statuses: OccupantStatus[]][] = [
  ['1001', 'able-bodied', 'able-bodied', 'child'],
  ['1005', 'pensioner-not-working', 'pensioner-not-working'],
  ['1008', 'disabled-not-working', 'pensioner-not-working'],
  ['2004', 'carer-of-child-under-3', 'child'],
  ['2007', 'pensioner-working', 'able-bodied'],
  ['2012', 'not-employed'],
]

/** Two households with a subsidy: one was found, one applied. Kopecks a month. */
const CASES = [
  { account: '1005', principle: 'discovery', income: kopecks(23_000n) },
  { account: '2004', principle: 'application', income: kopecks(18_000n) },
] as const
const INCOME_MONTHS = 6

/** Who takes part in the settlement, and who is paid for what. */
export function recordParticipants(ctx: Context): Promise<void> {
  return once(ctx, 'participants', async (tx) => {
    for (const [providerCode, role] of ROLES) {
      const document = 'Договор присоединения'
      const joining = { providerCode, role, fromDay: SINCE, document, author: AUTHOR }
      done(await joinSettlement(tx, joining))
    }
    for (const [service, payeeCode] of PAYEES) {
      const found = await findService(tx, { providerCode: UTILITY, service })
      if (!found) throw new Error(`no service ${service}`)
      const parties = { billerCode: UTILITY, payeeCode, fromDay: SINCE, author: AUTHOR }
      done(await nameParties(tx, { ...found, ...parties }))
    }
  })
}

/** Who lives where, with what rights; and who pays the full price whoever lives there. */
export function recordHouseholds(ctx: Context): Promise<void> {
  return once(ctx, 'households', async (tx) => {
    for (const [account, ...statuses] of PEOPLE) {
      const accountId = await findAccount(tx, account)
      for (const status of statuses)
        done(await recordOccupant(tx, { accountId, status, fromDay: SINCE, source: 'Анкета' }))
    }
    for (const account of ['1008', '2007']) {
      const accountId = await findAccount(tx, account)
      const right = { accountId, category: 'half', persons: 1, fromDay: CHARGED, author: AUTHOR }
      done(await recordBeneficiary(tx, { ...right, document: 'Удостоверение № 17' }))
    }
    const source = 'Список не занятых в экономике'
    const accountId = await findAccount(tx, '2012')
    const change = { accountId, fromDay: CHARGED, plan: 'full', source, author: AUTHOR } as const
    done(await changeHousehold(tx, change))
    for (const subsidy of CASES) await grant(tx, subsidy)
  })
}

/** A household without meters was away for sixteen days of September. */
export function recordAutumn(ctx: Context): Promise<void> {
  return once(ctx, 'autumn', async (tx) => {
    const accountId = await findAccount(tx, '2010')
    const absence = {
      leftOn: plainDate('2026-09-03'),
      returnedOn: plainDate('2026-09-20'),
      appliedOn: plainDate('2026-09-22'),
      document: 'Билеты',
    }
    done(await recordAbsence(tx, { accountId, author: AUTHOR, ...absence }))
  })
}

async function grant(
  ctx: Context,
  { account, income, principle }: (typeof CASES)[number],
): Promise<void> {
  const accountId = await findAccount(ctx, account)
  const incomes = Array.from({ length: INCOME_MONTHS }, () => income)
  const application = { accountId, principle, isVillage: false, incomes, author: AUTHOR }
  const opened = done(await applyForSubsidy(ctx, { ...application, appliedOn: APPLIED }))
  const { caseId, documents } = opened
  for (const document of documents)
    done(await receiveDocument(ctx, { caseId, document, receivedOn: APPLIED, author: AUTHOR }))
  done(await grantSubsidy(ctx, { caseId, fromDay: CHARGED, author: AUTHOR }))
}

/** What stands in the way of a second time. */
const TRACES = {
  participants: 'select exists (select 1 from service_party) as found',
  households: 'select exists (select 1 from subsidy_case) as found',
  autumn: 'select exists (select 1 from absence) as found',
} as const

/** Records facts together, unless an interrupted load did. */
function once(
  ctx: Context,
  what: keyof typeof TRACES,
  record: (tx: Context) => Promise<void>,
): Promise<void> {
  return transaction(ctx, async (tx) => {
    const [trace] = await tx.sql.unsafe<{ found: boolean }>(TRACES[what])
    if (!trace?.found) await record(tx)
  })
}

async function findAccount(ctx: Context, number: string): Promise<number> {
  const { id } = await ctx.sql.one<{ id: number }>`
    select a.id from account a join provider p on p.id = a.provider_id
    where p.code = ${UTILITY} and a.number = ${number}`
  return id
}

/** What a use case gave. Throws its refusal: the demo's facts fit together. */
function done<T>(result: { ok: true; value: T } | { ok: false; code: string }): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result))
}
