import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'

export interface TableOptions {
  /** Columns that stand to the right. */
  numbers?: readonly string[]
  /** Of the terminal: the widest column is broken into lines, so that the table fits. */
  columns?: number | undefined
}

/** A column this narrow is broken no further. */
const narrowest = 16
/** A space on each side. */
const padding = 2

/** Rows under a head, without colours of its own, so that it reads the same in a file. */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { numbers = [], columns = Infinity }: TableOptions = {},
): string {
  const colAligns = head.map((name) => (numbers.includes(name) ? 'right' : 'left'))
  const colWidths = fitted(widthsOf([head, ...rows]), columns)
  const table = new Table({ head: [...head], colAligns, colWidths, style: { head: [], border: [], compact: true }, wordWrap: true })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}

/** With the spaces around each cell, but not its lines. */
const widthsOf = (rows: readonly (readonly string[])[]): number[] =>
  rows[0]!.map((_, column) => Math.max(...rows.map((row) => stripVTControlCharacters(row[column] ?? '').length)) + padding)

function fitted(widths: readonly number[], columns: number): number[] {
  const excess = widths.reduce((sum, width) => sum + width + 1, 1) - columns
  const widest = widths.indexOf(Math.max(...widths))
  return widths.map((width, column) => (column === widest && excess > 0 ? Math.max(narrowest, width - excess) : width))
}
