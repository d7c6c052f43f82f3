import { type ImportReport } from '../core/exchange/report.ts'
import { type ImportKind } from '../core/exchange/kind.ts'
import { kopecks } from '../core/money.ts'
import { formatAmount } from '../templates/format.ts'

export const USAGE = `npm run -s import -- --provider КОД --kind ВИД [--encoding КОДУВАННЯ] [--own-only] [--dry-run] [--json] ФАЙЛ
`

/** Longer lists are for `--json`. */
const LISTED_MAX = 20

const KINDS: Record<ImportKind, string> = {
  providers: 'надавачі',
  services: 'послуги',
  tariffs: 'тарифи',
  accounts: 'особові рахунки',
  rules: 'правила',
  calendar: 'календар',
  meters: 'лічильники',
  charges: 'нарахування',
  payments: 'оплати',
  readings: 'показання',
  volumes: 'обсяги',
  'house-volumes': 'обсяги будинків',
  subsidies: 'субсидії',
  benefits: 'пільги',
}

/** A report in a few lines for an accountant; ends with a line feed. */
export function describeReport(fileName: string, report: ImportReport, isDryRun: boolean): string {
  const { accepted, changed, deleted, encoding, kind, refused, rows, type, unchanged } = report
  const lines = [
    `${fileName}: ${KINDS[kind]} (${type}, ${encoding})`,
    `Рядків ${rows}: прийнято ${accepted}, відхилено ${refused}`,
    `Нових ${report.new}, змінених ${changed}, без змін ${unchanged}`,
    ...(deleted > 0 ? [`Позначених як вилучені: ${deleted}`] : []),
    ...Object.entries(report.sums).map(
      ([heading, sum]) => `${heading}: ${describeSum(sum, report.units[heading])}`,
    ),
    ...describeFindings('Помилки', report.errors),
    ...describeFindings('Зауваження', report.warnings),
    ...(report.unreconciled === undefined ? [] : [describeUnreconciled(report.unreconciled)]),
    describeOutcome(report, isDryRun),
  ]
  return `${lines.join('\n')}\n`
}

/** Why the file was not even read row by row; ends with a line feed. */
export function describeRefusal(fileName: string, refusal: { ok: false; code: string }): string {
  const { code, ok: _, ...details } = refusal
  const told = Object.entries(details).map(
    ([name, value]) => `${DETAILS[name] ?? name}: ${showDetail(value)}`,
  )
  return [`${fileName}: ${describeCode(code)}`, ...told].join('\n  ') + '\nНічого не записано\n'
}

function showDetail(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}

function describeSum(sum: string, unit: ImportReport['units'][string] | undefined): string {
  if (unit === 'units') return sum
  const amount = formatAmount(kopecks(BigInt(sum)))
  return unit === 'kopecks' ? `${amount} грн` : amount
}

function describeFindings(title: string, findings: ImportReport['errors']): string[] {
  if (findings.length === 0) return []
  const shown = findings.slice(0, LISTED_MAX).map(({ code, column, line, value }) => {
    const where = column === null ? `рядок ${line}` : `рядок ${line}, «${column}»`
    return `  ${where}: ${describeCode(code)}${value === null ? '' : ` (${value})`}`
  })
  const more = findings.length - shown.length
  return [`${title}:`, ...shown, ...(more > 0 ? [`  … і ще ${more}`] : [])]
}

function describeUnreconciled(count: number): string {
  return count === 0
    ? 'Сальдо кожного місяця сходиться'
    : `Місяців, де сальдо ще не сходиться: ${count}`
}

function describeOutcome({ batchId, refused, replayed }: ImportReport, isDryRun: boolean): string {
  if (replayed) return `Цей файл уже завантажено (пакет ${batchId}), нічого не змінено`
  if (refused > 0) return 'Нічого не записано: виправте рядки з помилками'
  return isDryRun ? 'Перевірка без запису' : `Записано, пакет ${batchId}`
}

function describeCode(code: string): string {
  return CODES[code] ?? code
}

const DETAILS: Readonly<Record<string, string>> = {
  missing: 'бракує',
  found: 'знайдено',
  lines: 'рядки',
  name: 'назва',
  columns: 'колонки',
  present: 'є',
  expected: 'має бути',
  provider: 'надавач',
  limit: 'найбільше',
}

const CODES: Readonly<Record<string, string>> = {
  'account-missing': 'немає особового рахунку',
  'account-too-long': 'задовгий особовий рахунок',
  'accrued-differs': 'нараховано не дорівнює добутку тарифу та обʼєму',
  'address-unreadable': 'адресу не прочитано',
  'already-awarded': 'ця субсидія вже є з іншими сумами',
  'already-charged': 'за цей місяць уже є інше нарахування',
  'already-claimed': 'ця пільга вже є з іншою сумою',
  'ambiguous-meter': 'такий лічильник не один: потрібен код послуги',
  'ambiguous-service': 'такий код є в кількох надавачів: вкажіть --provider',
  'amount-ambiguous': 'незрозуміло, де копійки',
  'amount-below-kopeck': 'частка копійки',
  'amount-missing': 'немає суми',
  'amount-out-of-range': 'завелика сума',
  'amount-unreadable': 'це не сума',
  'amount-zero': 'нульова сума',
  'answer-unknown': 'має бути «так» або «ні»',
  'area-not-positive': 'площа має бути більша за нуль',
  'bad-heading': 'рядок заголовків не прочитано',
  'bad-header': 'заголовок dbf пошкоджено',
  'record-length-mismatch': 'довжина запису не дорівнює сумі колонок',
  'unsupported-column-type': 'колонка невідомого типу',
  'memo-missing': 'немає файла приміток',
  'not-a-time': 'такого часу немає',
  'bad-record': 'запис пошкоджено',
  'code-wrong': 'контрольна цифра ЄДРПОУ не сходиться',
  'column-missing': 'немає потрібних колонок',
  'control-characters': 'вилучено невидимі символи',
  'date-in-future': 'дата в майбутньому',
  'date-missing': 'немає дати',
  'date-not-in-calendar': 'такого дня немає',
  'date-out-of-range': 'рік поза межами',
  'date-time-invalid': 'такого часу немає',
  'date-unreadable': 'це не дата',
  'digits-out-of-range': 'неможлива розрядність',
  'does-not-reconcile': 'сума не сходиться',
  'duplicate-account': 'рахунок повторюється з іншими даними',
  'duplicate-award': 'субсидія повторюється з іншими сумами',
  'duplicate-claim': 'пільга повторюється з іншою сумою',
  'duplicate-day': 'день повторюється з іншими даними',
  'duplicate-heading': 'дві колонки з однією назвою',
  'duplicate-meter': 'лічильник повторюється з іншими даними',
  'duplicate-provider': 'надавач повторюється з іншими даними',
  'duplicate-reading': 'два показання за один день',
  'duplicate-rule': 'правило повторюється з іншими даними',
  'duplicate-service': 'послуга повторюється з іншими даними',
  'duplicate-tariff': 'тариф повторюється з іншими даними',
  'duplicate-volume': 'обсяг повторюється з іншими даними',
  'empty-file': 'файл порожній',
  'extra-records': 'записів більше, ніж оголошено',
  'file-cut': 'файл обрізано',
  'foreign-provider': 'рядок іншого надавача',
  'iban-wrong': 'IBAN з помилкою',
  'integer-fraction': 'потрібне ціле число',
  'integer-missing': 'немає числа',
  'integer-negative': 'відʼємне число',
  'integer-too-long': 'задовге число',
  'integer-unreadable': 'це не ціле число',
  'json-unreadable': 'значення не прочитано',
  'line-too-long': 'задовгий рядок',
  'method-unknown': 'невідомий метод нарахування',
  'mixed-encodings': 'у файлі два кодування',
  'month-issued': 'місяць уже закрито',
  'charged-here': 'цей місяць нараховується тут, а не програмою постачальника',
  'no-rows': 'у файлі немає даних',
  'not-a-day': 'такого дня немає',
  'not-a-number': 'це не число',
  'overflowed-number': 'число не вмістилося в колонку',
  'payment-conflict': 'цей код операції вже є з іншою оплатою',
  'percent-out-of-range': 'відсоток понад 100',
  'period-in-future': 'місяць у майбутньому',
  'period-missing': 'немає місяця',
  'period-not-in-calendar': 'такого місяця немає',
  'period-unreadable': 'це не місяць',
  'price-negative': 'відʼємний тариф',
  'provider-required': 'у рядку немає надавача: вкажіть --provider',
  'quantity-missing': 'немає числа',
  'quantity-out-of-range': 'завелике число',
  'quantity-unreadable': 'це не число',
  'ragged-row': 'інша кількість колонок, ніж у заголовку',
  'range-ends-before-start': 'кінець раніше початку',
  'range-too-long': 'період довший за шість місяців',
  'reading-below-previous': 'показання менше за попереднє',
  'reading-unusual': 'незвично велике споживання',
  'repeated-row': 'рядок повторюється',
  'reversal-without-payment': 'немає оплати, яку сторнувати',
  'rule-key-unknown': 'такого ключа в цього виду правил немає',
  'rule-overlaps': 'дія правила перетинається з іншим',
  'rule-unknown': 'такого виду правил немає',
  'rule-value-invalid': 'значення не того вигляду',
  'service-not-agreed': 'рахунок не має цієї послуги',
  'service-not-listed': 'послуги рахунку немає у файлі, її залишено',
  'state-unknown': 'невідомий стан показання',
  'subsidy-position-unknown': 'місце у субсидії має бути від 1 до 8',
  'suspicious-account': 'літера, схожа на цифру, серед цифр рахунку',
  'tariff-overlaps': 'дія тарифу перетинається з іншим',
  'text-missing': 'порожньо',
  'text-too-long': 'задовгий текст',
  'too-many-digits': 'цифр більше, ніж має лічильник',
  'too-many-rows': 'забагато рядків: поділіть файл',
  'unbalanced-quotes': 'лапки не закрито',
  'unknown-account': 'такого рахунку немає',
  'unknown-encoding': 'кодування не розпізнано: вкажіть --encoding',
  'unknown-house': 'такого будинку немає',
  'unknown-meter': 'такого лічильника немає',
  'unknown-provider': 'такого надавача немає',
  'unknown-service': 'такої послуги немає',
  'unsupported-type': 'такі файли не читаються',
  'volume-negative': 'відʼємний обсяг',
  'wrong-encoding': 'інше кодування, ніж у решти файлу',
  'zone-unknown': 'невідома зона',
}
