/** Breaks a statement at spaces that are in no name and no text, so that it can still be pasted; what follows the first line is indented. */
export function sqlLines(statement: string, width: number): string[] {
  const lines: string[] = []
  for (const word of statement.match(/(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^\s"'])+/g) ?? []) {
    const longer = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(lines.length === 0 ? word : `  ${word}`)
  }
  return lines
}
