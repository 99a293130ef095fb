/** A node of EXPLAIN (FORMAT JSON), as far as pages show it. */
export interface PlanNode {
  'Node Type': string
  'Subplan Name'?: string
  'Scan Direction'?: string
  Operation?: string
  'Relation Name'?: string
  'Index Name'?: string
  'CTE Name'?: string
  'Function Name'?: string
  Plans?: PlanNode[]
}

/** `event_2026_11_pkey` and `outbox_rest_id_idx` are parts of one table: which of them there are depends on the day. */
const partition = /_(?:\d{4}_\d{2}|\d{8}|rest)(?=_|$)/g
const anyPart = (name: string): string => name.replace(partition, '_*')

/** A plan as one line for each node: types, and names of indexes and tables. No costs, times or rows, and partitions that are treated alike stand as one. */
export function planLines(node: PlanNode, depth = 0): string[] {
  const indent = '  '.repeat(depth)
  const children = (node.Plans ?? []).map((child) => planLines(child, depth + 1))
  const isParts = /^(Merge )?Append$/.test(node['Node Type'])
  const different = isParts ? [...new Map(children.map((lines) => [lines.join('\n'), lines])).values()] : children
  if (isParts && different.length === 1) return [...subplanLine(node, indent), ...different[0]!.map((line) => line.replace('  ', ''))]
  return [...subplanLine(node, indent), indent + nameOf(node), ...different.flat()]
}

const subplanLine = ({ 'Subplan Name': name }: PlanNode, indent: string): string[] => (name === undefined ? [] : [`${indent}[${name}]`])

function nameOf(node: PlanNode): string {
  const { 'Node Type': type, Operation: operation, 'Scan Direction': direction, 'Index Name': index } = node
  const source = node['Relation Name'] ?? node['CTE Name'] ?? node['Function Name']
  const backward = direction === 'Backward' ? ' Backward' : ''
  return [
    operation === undefined ? type + backward : operation,
    ...(index === undefined ? [] : [`using ${anyPart(index)}`]),
    ...(source === undefined ? [] : [`on ${anyPart(source)}`]),
  ].join(' ')
}
