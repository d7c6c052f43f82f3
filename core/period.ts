/** A month as an integer that sorts and compares: 202610 is October 2026. */
export type Period = number & { readonly __unit: 'yyyymm' }
/** A day as text that sorts and compares: `2026-10-31`. */
export type PlainDate = string & { readonly __unit: 'yyyy-mm-dd' }

/** Checks and marks a yyyymm integer. Throws RangeError for month 0 or 13, or a year outside 1900–2199. */
export function period(yyyymm: number): Period {
  const month = yyyymm % 100
  if (!Number.isInteger(yyyymm) || yyyymm < 190001 || yyyymm > 219912 || month < 1 || month > 12)
    throw new RangeError(`${yyyymm} is not a month`)
  return yyyymm as Period
}

/** Checks and marks a `yyyy-mm-dd` text. Throws RangeError for days that do not exist. */
export function plainDate(text: string): PlainDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  const day = match && makeDate(Number(match[1]), Number(match[2]), Number(match[3]))
  if (!day) throw new RangeError(`${text} is not a day`)
  return day
}

/** The day of a year, month (1–12) and day, or null when there is no such day (31.02, month 13). */
export function makeDate(year: number, month: number, day: number): PlainDate | null {
  if (year < 1900 || year > 2199 || month < 1 || month > 12) return null
  if (day < 1 || day > daysInMonth(year, month)) return null
  return `${year}-${pad(month)}-${pad(day)}` as PlainDate
}

/** The month a day lies in. */
export function periodOf(day: PlainDate): Period {
  return (Number(day.slice(0, 4)) * 100 + Number(day.slice(5, 7))) as Period
}

/** The month `months` later (earlier when negative); January's previous month is December of the year before. */
export function addMonths(start: Period, months: number): Period {
  const index = Math.floor(start / 100) * 12 + (start % 100) - 1 + months
  return (Math.floor(index / 12) * 100 + (index % 12) + 1) as Period
}

/** Months from `from` to `to`: 0 for the same month, negative when `to` is earlier. */
export function monthsBetween(from: Period, to: Period): number {
  return (Math.floor(to / 100) - Math.floor(from / 100)) * 12 + ((to % 100) - (from % 100))
}

/** First day of the month. */
export function firstDay(month: Period): PlainDate {
  return `${Math.floor(month / 100)}-${pad(month % 100)}-01` as PlainDate
}

/** Last day of the month. */
export function lastDay(month: Period): PlainDate {
  const year = Math.floor(month / 100)
  return `${year}-${pad(month % 100)}-${pad(daysInMonth(year, month % 100))}` as PlainDate
}

/** Days of the month (28–31). */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** The day `days` later (earlier when negative). */
export function addDays(day: PlainDate, days: number): PlainDate {
  return fromDayNumber(dayNumber(day) + days)
}

/** Days from `from` to `to`: 0 for the same day, negative when `to` is earlier. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return dayNumber(to) - dayNumber(from)
}

/** The calendar day an instant falls on in a time zone: 22:30Z of 31 October is 1 November in Kyiv. */
export function dayIn(instant: Date, zone: string): PlainDate {
  return formatter(zone).format(instant) as PlainDate
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone)
  if (!known) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
    known = new Intl.DateTimeFormat('en-CA', { timeZone: zone, ...parts })
    formatters.set(zone, known)
  }
  return known
}

// Days since 0000-03-01, counted from March so that the leap day is last.
function dayNumber(day: PlainDate): number {
  const month = Number(day.slice(5, 7))
  const year = Number(day.slice(0, 4)) - (month < 3 ? 1 : 0)
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
  const inYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + Number(day.slice(8)) - 1
  return year * 365 + leapDays + inYear
}

function fromDayNumber(number: number): PlainDate {
  let year = Math.floor((10_000 * number + 14_780) / 3_652_425)
  let inYear = number - startOfYear(year)
  if (inYear < 0) inYear = number - startOfYear(--year)
  const shifted = Math.floor((100 * inYear + 52) / 3060)
  const month = ((shifted + 2) % 12) + 1
  const day = inYear - Math.floor((shifted * 306 + 5) / 10) + 1
  return `${year + Math.floor((shifted + 2) / 12)}-${pad(month)}-${pad(day)}` as PlainDate
}

function startOfYear(year: number): number {
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
}

function pad(part: number): string {
  return String(part).padStart(2, '0')
}
