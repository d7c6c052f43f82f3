import { type Context } from '../../context.ts'
import { type PlainDate } from '../../period.ts'
import { type DayExceptions } from './calendar.ts'

/** Days that are not as their weekday, as imported: true for a day off, false for a working day. */
export async function readDayExceptions(ctx: Context): Promise<DayExceptions> {
  const rows = await ctx.sql.many<{ day: PlainDate; isOff: boolean }>`
    select day, is_off as "isOff" from calendar_day`
  return new Map(rows.map(({ day, isOff }) => [day, isOff]))
}
