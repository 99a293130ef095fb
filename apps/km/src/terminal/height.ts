import { stripVTControlCharacters } from 'node:util'

/** Rows that a text takes on a terminal of so many columns, where long lines go on in the next row; a terminal that does not know has endless ones. */
export const heightOf = (text: string, columns: number | undefined): number =>
  text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / (columns || Infinity))), 0)
