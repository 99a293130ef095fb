const row = String.raw`\((?:[^()]|\([^()]*\))*\$\d+(?:[^()]|\([^()]*\))*\)`
/** `VALUES ($1, $2), ($3, $4)`: a row for each of a batch. */
const rows = new RegExp(`(VALUES )(${row})(?:, ?${row})*`, 'gi')
const list = /\bIN \((\$\d+)(?:, ?\$\d+)*\)/gi

/**
 * The text of a statement for a page: as it is sent for one row, however many rows a batch has. Of rows and of lists only the first entry is shown; then
 * parameters are numbered again.
 */
export function statementText(sql: string): string {
  const text = withoutIndent(sql)
  const short = text.replace(rows, '$1$2').replace(list, 'IN ($1)')
  return short === text ? text : numbered(short)
}

function withoutIndent(sql: string): string {
  const lines = sql
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split('\n')
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n')
}

function numbered(sql: string): string {
  const numbers = new Map<string, number>()
  return sql.replace(/\$\d+/g, (name) => {
    const number = numbers.get(name) ?? numbers.size + 1
    numbers.set(name, number)
    return `$${number}`
  })
}
