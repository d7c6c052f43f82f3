import { endLinksOfOldHolders } from '../../access/end-links.ts'
import { tellOfEndedLinks } from '../../notices/warn-holders.ts'
import { dayIn, type PlainDate } from '../../period.ts'
import { accountKey } from '../../registry/account-number.ts'
import {
  type AccountCard,
  readAccountCards,
  storeAccountCards,
  type StoredCard,
} from '../../registry/account-card.ts'
import { accountRefText } from '../../registry/find-accounts.ts'
import { type Directory, readDirectory } from '../../registry/read-directory.ts'
import { type AccountNumber, type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { parseDate } from '../formats/fields.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { resolveProvider } from '../resolve.ts'
import { parseAddress } from './address.ts'

/** What the file tells of an account; a column it does not have leaves the stored value alone. */
type AccountRow = FileRow & {
  provider: string
  account: AccountNumber
  told: Partial<Omit<AccountCard, 'providerId' | 'key' | 'number' | 'services' | 'assertedOn'>>
  /** Day of the balance; null when the heading names none. */
  balanceOn: PlainDate | null
  services: readonly ServiceName[]
  /** What a household pays by tariff, where the file says so: a control total only. */
  tariffSum: bigint
}

/** A service by its code, or by its place among the eight of subsidy files. */
type ServiceName = { code: string } | { subsidyPosition: number }
type CardRow = AccountCard & FileRow

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      account: { headings: ['Особовий рахунок', 'Лицевой счёт', 'RAH'] },
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'], optional: true },
      holderName: { headings: ['ПІБ', 'ФИО', 'FIO'], personal: true },
      streetType: { headings: ['Тип вулиці', 'Тип улицы', 'TVUL'] },
      street: { headings: ['Вулиця', 'Улица', 'VUL'] },
      house: { headings: ['Будинок', 'Дом', 'BUD'] },
      flat: { headings: ['Квартира', 'KV'] },
      totalArea: { headings: ['Загальна площа', 'Общая площадь', 'PLZAG'], optional: true },
      heatedArea: {
        headings: ['Опалювальна площа', 'Отапливаемая площадь', 'PLOPAL'],
        optional: true,
      },
      occupants: { headings: ['Зареєстровано', 'Зарегистрировано', 'MESH'] },
      phone: { headings: ['Телефон', 'TEL'], optional: true, personal: true },
      email: { headings: ['E-mail', 'EMAIL'], optional: true, personal: true },
      services: { headings: ['Послуги', 'Услуги', 'POSL'] },
      benefitPercent: { headings: ['Пільга, %', 'Пільга %'], optional: true },
      eic: { headings: ['EIC'], optional: true },
      contractDate: { headings: ['Дата договору', 'Дата договора', 'DATDOG'], optional: true },
      balance: { headings: [/^Сальдо на \d{2}\.\d{2}\.\d{4}$/i, 'SALDO'], optional: true },
    },
  },
  {
    name: 'vodokanal',
    columns: {
      account: { headings: ['LIC_SCHET'] },
      holderName: { headings: ['FP'], personal: true },
      address: { headings: ['ADRES'], personal: true },
      occupants: { headings: ['KOL'] },
      waterPrice: { headings: ['TARIFV'] },
      sewagePrice: { headings: ['TARIFST'] },
      tariffSum: { headings: ['SUMTARIF'], optional: true },
    },
  },
]

/** Places of cold water and sewage in the subsidy file. */
const COLD_WATER = 4
const SEWAGE = 8
const HUNDREDTH_E8 = 1_000_000n

/**
 * Accounts with their premises and agreements. A known account (by the folded number) is changed where
 * the file says something else; it keeps agreements the file does not list, with a warning
 * (`service-not-listed`), because nothing says when they ended. The balance is kept as a claim.
 */
export const accounts = defineKind<AccountRow>({
  layouts: LAYOUTS,
  totals: {
    kopecks: {
      balance: (row) => row.told.assertedBalance ?? 0n,
      tariffSum: (row) => row.tariffSum,
    },
    hundredths: { totalArea: (row) => (row.told.totalAreaE8 ?? 0n) / HUNDREDTH_E8 },
    units: { occupants: (row) => BigInt(row.told.occupants ?? 0) },
  },
  read: (cells, layout) => (layout === 'town' ? readTownRow(cells) : readVodokanalRow(cells)),
  async plan(job, rows) {
    const directory = await readDirectory(job.tx)
    const owned = rows.flatMap((row) => {
      const providerId = resolveProvider(job, directory, row)
      return providerId === null ? [] : [{ row, providerId, key: row.account.key }]
    })
    const stored = await readAccountCards(job.tx, owned)
    const cards = owned.flatMap(({ key, providerId, row }): CardRow[] => {
      const known = stored.get(accountRefText({ providerId, key }))
      const services = findServices(job, directory, providerId, row)
      return services ? [mergeCard(job, row, { providerId, services, known })] : []
    })
    const { fresh, changed } = await compareRows(job.findings, cards, {
      key: accountRefText,
      content,
      stored: new Map([...stored].map(([key, card]) => [key, content(card)])),
      contradiction: { role: 'account', code: 'duplicate-account' },
    })
    return {
      fresh,
      changed,
      apply: async () => {
        await storeAccountCards(job.tx, [...fresh, ...changed])
        await shutOutOldHolders(job, changed, stored)
      },
    }
  },
})

// Who had access had it as, or from, the old holder.
async function shutOutOldHolders(
  { tx }: Job,
  changed: readonly CardRow[],
  stored: ReadonlyMap<string, StoredCard>,
): Promise<void> {
  const accountIds = changed.flatMap((card) => {
    const before = stored.get(accountRefText(card))
    return before && holderKey(before) !== holderKey(card) ? [before.accountId] : []
  })
  if (accountIds.length === 0) return
  await tellOfEndedLinks(tx, await endLinksOfOldHolders(tx, accountIds), 'holder-changed')
}

// One name however its program writes apostrophes, spaces, case and letters that look alike.
function holderKey({ holderName }: { holderName: string }): string {
  return accountKey(holderName).replace(/['’ʼ`]/g, '')
}

function readTownRow(cells: Cells): AccountRow {
  const balanceOn = /\d{2}\.\d{2}\.\d{4}$/.exec(cells.heading('balance'))?.[0]
  return {
    line: cells.line,
    provider: cells.text('provider', 12),
    account: cells.account('account'),
    told: {
      holderName: cells.words('holderName'),
      streetType: cells.text('streetType', 20),
      street: cells.words('street', 100),
      house: cells.words('house', 20),
      flat: cells.text('flat', 20),
      occupants: cells.integer('occupants'),
      ...(cells.has('totalArea') && { totalAreaE8: cells.quantityOrNull('totalArea') }),
      ...(cells.has('heatedArea') && { heatedAreaE8: cells.quantityOrNull('heatedArea') }),
      ...(cells.has('phone') && { phone: cells.text('phone', 40) || null }),
      ...(cells.has('email') && { email: cells.text('email', 100) || null }),
      ...(cells.has('benefitPercent') && { benefitPercent: cells.integerOrNull('benefitPercent') }),
      ...(cells.has('eic') && { eic: cells.text('eic', 20) || null }),
      ...(cells.has('contractDate') && { contractDate: cells.dayOrNull('contractDate') }),
      ...(cells.has('balance') && { assertedBalance: cells.amount('balance') }),
    },
    balanceOn: balanceOn === undefined ? null : dottedDay(cells, balanceOn),
    services: serviceCodes(cells.words('services')),
    tariffSum: 0n,
  }
}

function readVodokanalRow(cells: Cells): AccountRow {
  const address = parseAddress(cells.words('address'))
  if (!address) cells.refuse('address', 'address-unreadable')
  const services: ServiceName[] = []
  if (cells.quantity('waterPrice') > 0n) services.push({ subsidyPosition: COLD_WATER })
  if (cells.quantity('sewagePrice') > 0n) services.push({ subsidyPosition: SEWAGE })
  return {
    line: cells.line,
    provider: '',
    account: cells.account('account'),
    told: {
      ...address,
      holderName: cells.words('holderName'),
      occupants: cells.integer('occupants'),
    },
    balanceOn: null,
    services,
    tariffSum: cells.amountOrZero('tariffSum'),
  }
}

function dottedDay(cells: Cells, text: string): PlainDate | null {
  const day = parseDate(text)
  if (day.ok) return day.value
  cells.refuse('balance', day.code)
  return null
}

function serviceCodes(text: string): ServiceName[] {
  return text.split(/[,;\s]+/).flatMap((code) => (code === '' ? [] : [{ code }]))
}

function findServices(
  { findings }: Job,
  directory: Directory,
  providerId: number,
  row: AccountRow,
): number[] | null {
  const found = row.services.map((name) =>
    'code' in name
      ? directory.service(providerId, name.code)
      : directory.services.find(
          (service) =>
            service.providerId === providerId && service.subsidyPosition === name.subsidyPosition,
        ),
  )
  const known = found.filter((service) => service !== null && service !== undefined)
  if (known.length === found.length) return known.map((service) => service.id)
  findings.refuse(row.line, 'services', 'unknown-service')
  return null
}

type Surroundings = {
  providerId: number
  services: readonly number[]
  known: AccountCard | undefined
}

/** The stored card with what the row tells put over it. */
function mergeCard(
  job: Job,
  row: AccountRow,
  { providerId, services, known }: Surroundings,
): CardRow {
  if (known?.services.some((id) => !services.includes(id)))
    job.findings.warn(row.line, 'services', 'service-not-listed', row.account.number)
  const { key, number } = row.account
  const card: AccountCard = { ...(known ?? EMPTY_CARD), ...row.told, providerId, key, number }
  const agreed = new Set([...(known?.services ?? []), ...services])
  return {
    ...card,
    line: row.line,
    services: [...agreed].sort((a, b) => a - b),
    assertedOn: balanceDay(job, row, known),
  }
}

// A balance without a day is the balance of the day it came; the same one again is not news.
function balanceDay({ tx }: Job, row: AccountRow, known: AccountCard | undefined) {
  const { assertedBalance } = row.told
  if (row.balanceOn) return row.balanceOn
  if (assertedBalance === undefined || assertedBalance === known?.assertedBalance)
    return known?.assertedOn ?? null
  return dayIn(tx.now(), tx.zone)
}

const EMPTY_CARD: Omit<AccountCard, 'providerId' | 'key' | 'number'> = {
  streetType: '',
  street: '',
  house: '',
  flat: '',
  holderName: '',
  phone: null,
  email: null,
  totalAreaE8: null,
  heatedAreaE8: null,
  occupants: 0,
  benefitPercent: null,
  eic: null,
  contractDate: null,
  assertedBalance: null,
  assertedOn: null,
  services: [],
}

// Without the number: look-alike spellings of one number are one account.
function content(card: AccountCard) {
  const { assertedBalance, assertedOn, benefitPercent, contractDate, eic, email, flat } = card
  const { heatedAreaE8, holderName, house, occupants, phone, street, streetType } = card
  return [
    ...[streetType, street, house, flat, holderName, phone, email, eic],
    ...[card.totalAreaE8, heatedAreaE8, occupants, benefitPercent, contractDate],
    ...[assertedBalance, assertedOn, card.services.join()],
  ]
}
