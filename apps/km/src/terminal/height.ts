import { stripVTControlCharacters } from 'node:util'

interface Terminal {
  columns?: number | undefined
  rows?: number | undefined
}

/** Rows that a text takes on a terminal of so many columns, where long lines go on in the next row; a terminal that does not know has endless ones. */
export const heightOf = (text: string, columns: number | undefined): number =>
  text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / (columns || Infinity))), 0)

/** The last lines of a text that a terminal shows at once: what has scrolled out of it cannot be drawn over. One row is the cursor's. */
export function cutTo(text: string, { columns, rows }: Terminal): string {
  const lines = text.split('\n')
  while (rows && lines.length > 1 && heightOf(lines.join('\n'), columns) > rows - 1) lines.shift()
  return lines.join('\n')
}
