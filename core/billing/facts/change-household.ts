import { type Context } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type PlainDate } from '../../period.ts'
import { type Quantity } from '../../quantity.ts'
import { accept, refuse } from '../../result.ts'
import { writeAccountEvent } from '../account-life/account-event.ts'
import { lockAccount } from '../account-life/find-account.ts'
import { isHousehold } from '../account-life/open-account.ts'

/** What changed of a household; what is left out stays. Areas in 10⁻⁸ m², null: not known. */
type Input = {
  accountId: number
  fromDay: PlainDate
  occupants?: number
  totalArea?: Quantity | null
  heatedArea?: Quantity | null
  /** Connected heat load, Gcal/h in 10⁻⁸. */
  load?: Quantity | null
  plan?: 'standard' | 'full'
  /** The paper it comes from. */
  source: string
  author: string
  /** Days before this one are not changed any more. */
  earliest?: PlainDate
}

type Version = {
  id: number
  fromDay: PlainDate
  occupants: number
  totalArea: Quantity | null
  heatedArea: Quantity | null
  load: Quantity | null
  plan: string
}

/**
 * Records how a household is from a day on. The version of that very day is retired, never edited;
 * versions of later days stay in force from their days.
 *
 * Gives the version's id.
 * Refuses: `account-not-found`; `too-long-ago` before `earliest`; `household-wrong` for fewer than 0
 * people, negative areas, or more heated than total area; `household-unchanged`.
 */
export function changeHousehold(ctx: Context, input: Input) {
  return transaction(ctx, async (tx) => {
    const { accountId, author, earliest, fromDay, source } = input
    if (!(await lockAccount(tx, accountId))) return refuse('account-not-found')
    if (earliest !== undefined && fromDay < earliest) return refuse('too-long-ago', { earliest })
    const before = await readVersion(tx, accountId, fromDay)
    const { heatedArea, load, occupants, plan, totalArea } = { ...before, ...toldOf(input) }
    if (!isHousehold({ occupants, totalArea, heatedArea })) return refuse('household-wrong')
    const isSame =
      before.occupants === occupants &&
      before.totalArea === totalArea &&
      before.heatedArea === heatedArea &&
      before.load === load &&
      before.plan === plan
    if (isSame) return refuse('household-unchanged')
    await tx.sql.run`
      update household set retired_at = ${tx.now()}
      where account_id = ${accountId} and from_day = ${fromDay} and retired_at is null`
    const { id } = await tx.sql.one<{ id: number }>`
      insert into household (account_id, from_day, occupants, total_area_e8, heated_area_e8,
        load_e8, plan, source, recorded_at)
      values (${accountId}, ${fromDay}, ${occupants}, ${totalArea}, ${heatedArea}, ${load}, ${plan},
        ${source}, ${tx.now()})
      returning id`
    const details = { household: id, before: before.id, occupants, plan }
    const event = { accountId, kind: 'household-changed', day: fromDay, author } as const
    await writeAccountEvent(tx, { ...event, reason: source, details })
    return accept({ householdId: id })
  })
}

function toldOf({ heatedArea, load, occupants, plan, totalArea }: Input): Partial<Version> {
  return {
    ...(occupants !== undefined && { occupants }),
    ...(totalArea !== undefined && { totalArea }),
    ...(heatedArea !== undefined && { heatedArea }),
    ...(load !== undefined && { load }),
    ...(plan !== undefined && { plan }),
  }
}

const NOBODY = { occupants: 0, totalArea: null, heatedArea: null, load: null, plan: 'standard' }

async function readVersion(
  ctx: Context,
  accountId: number,
  on: PlainDate,
): Promise<Omit<Version, 'id' | 'fromDay'> & { id: number | null }> {
  const version = await ctx.sql.maybe<Version>`
    select id, from_day as "fromDay", occupants, total_area_e8 as "totalArea",
      heated_area_e8 as "heatedArea", load_e8 as load, plan
    from household
    where account_id = ${accountId} and retired_at is null and from_day <= ${on}
    order by from_day desc limit 1`
  return version ?? { id: null, ...NOBODY }
}
