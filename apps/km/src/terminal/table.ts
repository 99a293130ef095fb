import Table from 'cli-table3'

/** Rows under a head, without colours of its own, so that it reads the same in a file. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true }, wordWrap: true })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}
