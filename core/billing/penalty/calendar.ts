import { addDays, daysBetween, plainDate, type PlainDate } from '../../period.ts'

/** Days that are not as their weekday: true for a holiday, false for a working Saturday. */
export type DayExceptions = ReadonlyMap<PlainDate, boolean>

const MONDAY = plainDate('2024-01-01')
/** No holidays last this long: a calendar that says so is broken, and a search in it must end. */
const DAYS_OFF_IN_A_ROW = 31

/** Whether the day is a Saturday, a Sunday or a holiday; the imported calendar has the last word. */
export function isDayOff(day: PlainDate, exceptions: DayExceptions): boolean {
  const known = exceptions.get(day)
  if (known !== undefined) return known
  const weekday = daysBetween(MONDAY, day) % 7
  return (weekday < 0 ? weekday + 7 : weekday) >= 5
}

/** The first working day after a day. Throws RangeError when the calendar has none within a month. */
export function nextWorkingDay(day: PlainDate, exceptions: DayExceptions): PlainDate {
  for (let ahead = 1; ahead <= DAYS_OFF_IN_A_ROW; ahead += 1) {
    const candidate = addDays(day, ahead)
    if (!isDayOff(candidate, exceptions)) return candidate
  }
  throw new RangeError(`no working day within ${DAYS_OFF_IN_A_ROW} days after ${day}`)
}

/** The last of so many working days counted from the day after `day`; with 0, the day itself. */
export function addWorkingDays(
  day: PlainDate,
  count: number,
  exceptions: DayExceptions,
): PlainDate {
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`${count} is not a number of working days`)
  let reached = day
  for (let left = count; left > 0; left -= 1) reached = nextWorkingDay(reached, exceptions)
  return reached
}
