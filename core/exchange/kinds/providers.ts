import { bulkInsert } from '../../db/bulk-insert.ts'
import { isEdrpou } from '../../documents/edrpou.ts'
import { ibanFault } from '../../registry/iban.ts'
import { type Cells } from '../cells.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'

type ProviderRow = FileRow & {
  code: string
  name: string
  iban: string
  bankName: string
  bankCode: string
  address: string
  phone: string
  email: string
}

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'] },
      name: { headings: ['Назва', 'Название', 'NAZVA'] },
      iban: { headings: ['IBAN'] },
      bankName: { headings: ['Банк', 'BANK'] },
      bankCode: { headings: ['МФО', 'БИК', 'MFO'] },
      address: { headings: ['Адреса', 'Адрес', 'ADRESA'], optional: true },
      phone: { headings: ['Телефон', 'TEL'], optional: true },
      email: { headings: ['E-mail', 'EMAIL'], optional: true },
    },
  },
]

/** Providers of the town: a known code with other details changes them. A wrong IBAN or code is a warning. */
export const providers = defineKind<ProviderRow>({
  layouts: LAYOUTS,
  totals: {},
  read: (cells: Cells) => ({
    line: cells.line,
    code: cells.words('provider', 12),
    name: cells.words('name'),
    iban: cells.words('iban', 40).replaceAll(' ', ''),
    bankName: cells.words('bankName'),
    bankCode: cells.words('bankCode', 12),
    address: cells.text('address'),
    phone: cells.text('phone', 40),
    email: cells.text('email', 100),
  }),
  async plan(job, rows) {
    warnOfIdentifiers(job, rows)
    const stored = await job.tx.sql.many<ProviderRow>`
      select 0 as line, code, name, iban, bank_name as "bankName", bank_code as "bankCode", address,
        phone, email
      from provider where code = any(${rows.map((row) => row.code)}::text[])`
    const { fresh, changed } = await compareRows(job.findings, rows, {
      key: (row) => row.code,
      content,
      stored: new Map(stored.map((row) => [row.code, content(row)])),
      contradiction: { role: 'provider', code: 'duplicate-provider' },
    })
    return {
      fresh,
      changed,
      apply: async () => store(job, [...fresh, ...changed]),
    }
  },
})

function warnOfIdentifiers({ findings, tx }: Job, rows: readonly ProviderRow[]): void {
  for (const { code, iban, line } of rows) {
    if (ibanFault(iban)) findings.warn(line, 'iban', 'iban-wrong', iban)
    if (tx.country === 'ua' && !isEdrpou(code)) findings.warn(line, 'provider', 'code-wrong', code)
  }
}

function content(row: ProviderRow) {
  const { address, bankCode, bankName, code, email, iban, name, phone } = row
  return [code, name, iban, bankName, bankCode, address, phone, email]
}

async function store({ tx }: Job, rows: readonly ProviderRow[]): Promise<void> {
  const details = ['name', 'iban', 'bank_name', 'bank_code', 'address', 'phone', 'email']
  const columns = Object.fromEntries(['code', ...details].map((name) => [name, 'text']))
  await bulkInsert(tx.sql, 'provider', columns, rows.map(content), {
    onConflict: { columns: ['code'], update: details },
  })
}
