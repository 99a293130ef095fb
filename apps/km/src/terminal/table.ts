import Table from 'cli-table3'

/** Rows under a head, without colours of its own, so that it reads the same in a file. Columns named in `numbers` stand to the right. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[], numbers: readonly string[] = []): string {
  const colAligns = head.map((name) => (numbers.includes(name) ? 'right' : 'left'))
  const table = new Table({ head: [...head], colAligns, style: { head: [], border: [], compact: true }, wordWrap: true })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}
