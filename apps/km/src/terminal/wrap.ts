import { stripVTControlCharacters } from 'node:util'

/** The number of columns that a text takes, without its colour codes. */
export const widthOf = (text: string): number => Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length))

/** Breaks a text between words, a word that is too long after a sign where readers expect it (`/ . , : -`), and one without such a sign anywhere. */
export function wrapped(text: string, width: number): string[] {
  const { before, inner, after } = colorsAround(text)
  return inner.split('\n').flatMap((line) => brokenLine(line, width).map((part) => `${before}${part}${after}`))
}

/** A cell has one colour as a whole, so that each of its lines gets the same. */
function colorsAround(text: string): { before: string; inner: string; after: string } {
  const [, before = '', inner = '', after = ''] = /^((?:\u001b\[\d+m)*)(.*?)((?:\u001b\[\d+m)*)$/s.exec(text)!
  return { before, inner, after }
}

function brokenLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ').flatMap((word) => pieces(word, width))) {
    const longer = current === '' ? word.text : `${current}${word.glued ? '' : ' '}${word.text}`
    if (longer.length <= width) current = longer
    else {
      if (current !== '') lines.push(current)
      current = word.text
    }
  }
  return [...lines, current]
}

interface Piece {
  text: string
  /** Follows the piece before it without a space. */
  glued: boolean
}

function pieces(word: string, width: number): Piece[] {
  if (word.length <= width) return [{ text: word, glued: false }]
  const parts = word.split(/(?<=[/.,:-])/).flatMap((part) => part.match(new RegExp(`.{1,${width}}`, 'gs')) ?? [])
  return parts.map((text, index) => ({ text, glued: index > 0 }))
}
