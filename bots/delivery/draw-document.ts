import { type Context } from '../../core/context.ts'
import { buildBill } from '../../core/documents/build-bill.ts'
import { type DocumentRef } from '../../core/outbox/message.ts'
import { openBillRenderer } from '../../templates/documents/bill-pdf.ts'
import { type Language, type Translate } from '../../templates/translate.ts'

/** A drawn paper: its name has no `;` and no line breaks, which Telegram would cut at. */
export type DrawnFile = { name: string; bytes: Buffer }
export type DrawDocument = (document: DocumentRef) => Promise<DrawnFile>

/** The official language of papers, whatever the person speaks. */
const PAPER_LANGUAGE: Record<Context['country'], Language> = { ua: 'uk', by: 'ru' }

/** Draws the papers of the product from the town's data. Fonts are loaded once. */
export function openDocuments(
  ctx: Context,
  translate: (language: Language) => Translate,
  qrFormat: '002' | '003' = '002',
): DrawDocument {
  const bills = openBillRenderer()
  const words = translate(PAPER_LANGUAGE[ctx.country])
  return async ({ accountId, month }) => {
    const bill = await buildBill(ctx, { accountId, month, qrFormat })
    if (!bill.ok) throw new Error(`no bill to draw: ${bill.code}`)
    const number = bill.value.number.replace(/[^\p{L}\d-]+/gu, '-')
    return {
      name: `${words('bills:file')}-${number}.pdf`,
      bytes: await bills.render(bill.value, words),
    }
  }
}
