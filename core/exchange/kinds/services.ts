import { bulkInsert } from '../../db/bulk-insert.ts'
import { readDirectory } from '../../registry/read-directory.ts'
import { compareRows } from '../compare-rows.ts'
import { defineKind, type FileRow, type Job } from '../kind.ts'
import { type Layout } from '../layout.ts'
import { resolveProvider } from '../resolve.ts'

type ServiceRow = FileRow & {
  provider: string
  code: string
  name: string
  unit: string
  subsidyPosition: number | null
  benefitCode: string
  purpose: string
}
type OwnedRow = ServiceRow & { providerId: number }

const LAYOUTS: readonly Layout[] = [
  {
    name: 'town',
    columns: {
      provider: { headings: ['ЄДРПОУ', 'УНП', 'EDRPOU'], optional: true },
      code: { headings: ['Код', 'Код послуги', 'Код услуги', 'POSL'] },
      name: { headings: ['Назва', 'Послуга', 'Название', 'NAZVA'] },
      unit: { headings: ['Одиниця', 'Единица', 'OD'] },
      subsidyPosition: { headings: ['Місце у субсидії'], optional: true },
      benefitCode: { headings: ['Код 2-пільга', 'LGCODE'], optional: true },
      purpose: { headings: ['Призначення платежу', 'Назначение платежа'], optional: true },
    },
  },
]

/** Places in the subsidy file: housing, heating, hot and cold water, gas, electricity, waste, sewage. */
const SUBSIDY_PLACES = 8

/** Services of providers; a known code with other words changes them. */
export const services = defineKind<ServiceRow>({
  layouts: LAYOUTS,
  totals: {},
  read(cells) {
    const subsidyPosition = cells.integerOrNull('subsidyPosition')
    if (subsidyPosition !== null && (subsidyPosition < 1 || subsidyPosition > SUBSIDY_PLACES))
      cells.refuse('subsidyPosition', 'subsidy-position-unknown')
    return {
      line: cells.line,
      provider: cells.text('provider', 12),
      code: cells.words('code', 12),
      name: cells.words('name'),
      unit: cells.words('unit', 20),
      subsidyPosition,
      benefitCode: cells.text('benefitCode', 12),
      purpose: cells.text('purpose'),
    }
  },
  async plan(job, rows) {
    const directory = await readDirectory(job.tx)
    const owned = rows.flatMap((row): OwnedRow[] => {
      const providerId = resolveProvider(job, directory, row)
      return providerId === null ? [] : [{ ...row, providerId }]
    })
    const { fresh, changed } = await compareRows(job.findings, owned, {
      key: (row) => `${row.providerId}/${row.code}`,
      content,
      stored: await readStored(job, owned),
      contradiction: { role: 'code', code: 'duplicate-service' },
    })
    return {
      fresh,
      changed,
      apply: async () => store(job, [...fresh, ...changed]),
    }
  },
})

function content(row: Omit<OwnedRow, 'line' | 'provider'>) {
  const { benefitCode, code, name, providerId, purpose, subsidyPosition, unit } = row
  return [providerId, code, name, unit, subsidyPosition, benefitCode || null, purpose]
}

async function readStored({ tx }: Job, rows: readonly OwnedRow[]) {
  const stored = await tx.sql.many<OwnedRow>`
    select provider_id as "providerId", code, name, unit, subsidy_position as "subsidyPosition",
      coalesce(benefit_code, '') as "benefitCode", purpose
    from service where provider_id = any(${rows.map((row) => row.providerId)}::int4[])`
  return new Map(stored.map((row) => [`${row.providerId}/${row.code}`, content(row)]))
}

async function store({ tx }: Job, rows: readonly OwnedRow[]): Promise<void> {
  const columns = {
    provider_id: 'int4',
    code: 'text',
    name: 'text',
    unit: 'text',
    subsidy_position: 'int4',
    benefit_code: 'text',
    purpose: 'text',
  }
  await bulkInsert(tx.sql, 'service', columns, rows.map(content), {
    onConflict: {
      columns: ['provider_id', 'code'],
      update: ['name', 'unit', 'subsidy_position', 'benefit_code', 'purpose'],
    },
  })
}
