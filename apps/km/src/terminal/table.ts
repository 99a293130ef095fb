import Table from 'cli-table3'
import { widthOf, wrapped } from './wrap.js'

export interface TableOptions {
  /** Columns that are aligned to the right. */
  numbers?: readonly string[]
  /** Columns whose content people copy or follow, such as names and addresses: these never wrap. */
  whole?: readonly string[]
  /** The width of the terminal. */
  columns?: number | undefined
}

type Rows = readonly (readonly string[])[]

/** The minimum width of a wrapped cell: below it the content would be unreadable. */
const minWidth = 14
/** A space on each side. */
const padding = 2

/**
 * Rows under a header, without colours, so that it reads the same in a file. On a narrow terminal cells wrap; if even that is too wide, each row
 * becomes a paragraph.
 */
export function tableText(head: readonly string[], rows: Rows, { numbers = [], whole = [], columns = Infinity }: TableOptions = {}): string {
  const widths = head.map((name, column) => Math.max(widthOf(name), ...rows.map((row) => widthOf(row[column] ?? ''))))
  const fitted = fit(widths, { room: columns - head.length * (padding + 1) - 1, isWhole: (column) => whole.includes(head[column]!) })
  if (fitted === undefined) return rows.map((row) => paragraph(head, row, columns)).join('\n')
  const colAligns = head.map((name) => (numbers.includes(name) ? 'right' : 'left'))
  const colWidths = fitted.map((width) => width + padding)
  const table = new Table({ head: [...head], colAligns, colWidths, style: { head: [], border: [], compact: true } })
  table.push(...rows.map((row) => row.map((cell, column) => wrapped(cell, fitted[column]!).join('\n'))))
  return table.toString()
}

/** Narrows the widest column that may wrap until all columns fit; undefined if they cannot fit. */
function fit(widths: readonly number[], { room, isWhole }: { room: number; isWhole: (column: number) => boolean }): number[] | undefined {
  const fitted = [...widths]
  for (let excess = sum(fitted) - room; excess > 0; excess--) {
    const widest = Math.max(...fitted.filter((width, column) => width > minWidth && !isWhole(column)))
    const column = fitted.findIndex((width, at) => width === widest && !isWhole(at))
    if (column === -1) return undefined
    fitted[column]!--
  }
  return fitted
}

/** The first cell and those without a heading come first, the others below them. */
function paragraph(head: readonly string[], row: readonly string[], columns: number): string {
  const first = head.findIndex((name) => name !== '')
  const title = row.slice(0, first + 1).join(' ')
  const rest = head.flatMap((name, column) => (column > first && row[column] ? [`${name} ${row[column]}`] : []))
  const indented = packed(rest, columns - 2).map((line) => `  ${line}`)
  return [title, ...indented].join('\n')
}

/** As many as fit on each line; a part wraps only if it is too long for a line by itself. */
function packed(parts: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)}, ${part}`
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(part)
  }
  return lines.flatMap((line) => (widthOf(line) <= width ? [line] : wrapped(line, width)))
}

const sum = (widths: readonly number[]): number => widths.reduce((total, width) => total + width, 0)
