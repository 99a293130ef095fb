import { stripVTControlCharacters } from 'node:util'

interface Terminal {
  columns?: number | undefined
  rows?: number | undefined
}

/** The number of rows that a text takes on a terminal, where long lines wrap at `columns`; unlimited if the width is unknown. */
export const heightOf = (text: string, columns: number | undefined): number =>
  text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / (columns || Infinity))), 0)

/** The last lines of a text that fit on a terminal: what has scrolled away cannot be redrawn. One row is left for the cursor. */
export function cutTo(text: string, { columns, rows }: Terminal): string {
  const lines = text.split('\n')
  while (rows && lines.length > 1 && heightOf(lines.join('\n'), columns) > rows - 1) lines.shift()
  return lines.join('\n')
}
