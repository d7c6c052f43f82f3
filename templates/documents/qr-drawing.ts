import encodeQR from 'qr'
import { type NbuSymbol } from '../../core/documents/nbu-qr.ts'
import { INK, type Sheet } from './sheet.ts'

/** 0.5 mm: smaller printed modules are not recommended by the National Bank (п. 17). */
const MODULE_MIN = 72 / 25.4 / 2
/** White modules a scanner needs around the symbol. */
const QUIET_ZONE = 4
/** Side a symbol is enlarged to when its modules would be small. */
const SIDE_MIN = 120
/** A white circle of this part of the side still reads at level M. */
const SIGN_RADIUS = 0.07

/** Side of the printed code in points, its white margin included. */
export function qrSide({ version }: NbuSymbol): number {
  return Math.max(SIDE_MIN, modules(version) * MODULE_MIN)
}

/** Draws a code as black rectangles, one a run of modules, with the ₴ sign where the symbol has it. */
export function drawQr(
  sheet: Sheet,
  text: string,
  symbol: NbuSymbol,
  left: number,
  top: number,
): void {
  const side = qrSide(symbol)
  const unit = side / modules(symbol.version)
  const options = { ecc: symbol.level, version: symbol.version, border: 1 } as const
  const rows = encodeQR(text, 'raw', options)
  // the encoder's own border is one of the four white modules
  const offset = (QUIET_ZONE - 1) * unit
  rows.forEach((row, y) => {
    for (const [start, length] of darkRuns(row))
      sheet.doc.rect(left + offset + start * unit, top + offset + y * unit, length * unit, unit)
  })
  sheet.fill(INK)
  if (!symbol.sign) return
  const radius = SIGN_RADIUS * side
  const [x, y] = [left + side / 2, top + side / 2]
  sheet.doc.circle(x, y, radius)
  sheet.fill('#ffffff')
  const size = radius * 1.7
  sheet.write('₴', x, y + size * 0.33, { face: 'strong', size }, 'center')
}

function modules(version: number): number {
  return 17 + 4 * version + 2 * QUIET_ZONE
}

function darkRuns(row: readonly boolean[]): [start: number, length: number][] {
  const runs: [number, number][] = []
  row.forEach((isDark, x) => {
    const last = runs.at(-1)
    if (isDark && last && last[0] + last[1] === x) last[1]++
    else if (isDark) runs.push([x, 1])
  })
  return runs
}
