import { createCanvas } from '@napi-rs/canvas'
import { getDocument, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** A piece of text where it stands: points, y grows upwards from the bottom of the page. */
export type Piece = { text: string; x: number; y: number; width: number; size: number }

/** The pages of a PDF as another program reads them. */
export async function readPdf(bytes: Buffer): Promise<Piece[][]> {
  return eachPage(bytes, async (page) => {
    const { items } = await page.getTextContent()
    return items.flatMap((item) => {
      if (!('str' in item) || item.str.trim() === '') return []
      const [, , , size = 0, x = 0, y = 0] = item.transform as number[]
      return [{ text: item.str.trimEnd(), x, y, width: item.width, size }]
    })
  })
}

/** The text of a PDF, a line for what stands on one height, pages apart by a line of their number. */
export async function readText(bytes: Buffer): Promise<string> {
  const pages = await readPdf(bytes)
  return pages.map((page, index) => `=== ${index + 1}\n${linesOf(page)}\n`).join('')
}

function linesOf(pieces: Piece[]): string {
  const lines = new Map<number, Piece[]>()
  for (const piece of pieces) {
    const y = Math.round(piece.y)
    lines.set(y, [...(lines.get(y) ?? []), piece])
  }
  return [...lines]
    .sort(([one], [other]) => other - one)
    .map(([, line]) => line.sort((a, b) => a.x - b.x).map((piece) => piece.text))
    .map((texts) => texts.join(' | ').replaceAll('\u00a0', ' '))
    .join('\n')
}

type Drawing = Parameters<PDFPageProxy['render']>[0]

/** The first page as a picture, three dots a point. */
export async function drawFirstPage(bytes: Buffer) {
  const [picture] = await eachPage(bytes, async (page) => {
    const viewport = page.getViewport({ scale: 3 })
    const canvas = createCanvas(viewport.width, viewport.height)
    const context = canvas.getContext('2d')
    // pdfjs is written for browsers: the canvas of Node has what it uses
    const canvasContext = context as unknown as Drawing['canvasContext']
    await page.render({ canvas: null, canvasContext, viewport }).promise
    const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height)
    // the canvas makes its bytes outside the test's own realm
    return { width, height, data: new Uint8ClampedArray(data) }
  })
  if (!picture) throw new Error('a PDF without pages')
  return picture
}

async function eachPage<T>(bytes: Buffer, read: (page: PDFPageProxy) => Promise<T>): Promise<T[]> {
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 })
  const document = await task.promise
  const pages: T[] = []
  for (let page = 1; page <= document.numPages; page++)
    pages.push(await read(await document.getPage(page)))
  await task.destroy()
  return pages
}
