import { sqlLines } from '../terminal/sql-lines.js'

/** As wide as the code of this repository, within a call. */
const width = 150

/** A statement in lines that are easy to review: a table with a line for each column, anything else as wide as it fits. */
export function statementLines(statement: string): string[] {
  const parts = statement.startsWith('CREATE TABLE ') ? tableParts(statement) : undefined
  if (parts === undefined) return sqlLines(statement, width)
  const items = parts.items.map((item, index) => `  ${oneLine(item)}${index < parts.items.length - 1 ? ',' : ''}`)
  return [`${oneLine(parts.head)} (`, ...items, oneLine(`)${parts.tail}`)]
}

/** What is before, in, and after the outer parentheses; what is in them without the commas. */
function tableParts(statement: string): { head: string; items: string[]; tail: string } {
  let [head, tail, depth] = ['', '', 0]
  const items = ['']
  for (const part of statement.match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[(),]|[^"'(),]+/g) ?? []) {
    const isOuter = (part === '(' && depth === 0) || (part === ')' && depth === 1)
    if (part === ')') depth -= 1
    if (part === ',' && depth === 1) items.push('')
    else if (depth > 0 && !isOuter) items[items.length - 1] += part
    else if (!isOuter && items[0] === '') head += part
    else if (!isOuter) tail += part
    if (part === '(') depth += 1
  }
  return { head, items, tail }
}

const oneLine = (text: string): string => sqlLines(text, Infinity).join('')
