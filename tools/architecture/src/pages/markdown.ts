/** The first line of every generated page. */
export const generatedNote = '<!-- Generated from the code by `npm run docs`; a test checks that it is current. -->'

/** A table; line breaks and bars inside cells are replaced, because they would break it. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export const page = (...parts: readonly string[]): string => `${[generatedNote, ...parts].join('\n\n')}\n`
