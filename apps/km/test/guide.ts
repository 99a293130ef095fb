import { readFileSync } from 'node:fs'

/** A step of a guide. Every line of a command block is a separate step, so that a report names the one that failed. */
export type GuideStep =
  { kind: 'file'; path: string; text: string } | { kind: 'edit'; path: string; from: string; to: string } | { kind: 'command'; line: string }

const fence = /^( *)```(\w+)\n([\s\S]*?)^\1```$/gm
const namedFile = /`([\w./-]+\.\w+)`[^`\n]*:\n*$/

/**
 * Reads the steps of a guide, in order: a block of code below a line that ends with the name of a file is that file, a `diff` is an edit of the last named file,
 * and `sh` is typed in a shell. Settings (`ini`) are only shown.
 */
export function readGuide(path: string): GuideStep[] {
  const text = readFileSync(path, 'utf8')
  let edited = ''
  return [...text.matchAll(fence)].flatMap(({ index, 1: indent = '', 2: language, 3: block = '' }): GuideStep[] => {
    const lines = block.trimEnd().split('\n')
    const named = namedFile.exec(text.slice(0, index).trimEnd())?.[1]
    if (language === 'sh') return lines.map((line) => ({ kind: 'command', line: line.slice(indent.length).replace(/\s+#.*$/, '') }))
    if (language === 'diff') {
      edited = named ?? edited
      return [{ kind: 'edit', path: edited, ...sidesOf(lines) }]
    }
    if (language === 'ini') return []
    if (named === undefined) throw new Error(`${path}: no file is named above the block that starts with ${lines[0]}`)
    return [{ kind: 'file', path: named, text: block }]
  })
}

/** The lines before and after the edit; lines that start with a space are in both. */
function sidesOf(lines: readonly string[]): { from: string; to: string } {
  const side = (left: string): string =>
    lines
      .filter((line) => line[0] !== left)
      .map((line) => `${line.slice(1)}\n`)
      .join('')
  return { from: side('+'), to: side('-') }
}
