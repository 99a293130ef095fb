/** A node of EXPLAIN (FORMAT JSON). */
export interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Plan Rows': number
  'Total Cost': number
  Plans?: PlanNode[]
  [property: string]: unknown
}

const conditions = ['Index Cond', 'Recheck Cond', 'Hash Cond', 'Merge Cond', 'Join Filter', 'Filter', 'Order By', 'Sort Key', 'Group Key'] as const

/** A plan as one line per node, with the conditions but without the compared values: those are parameters. */
export function planText(node: PlanNode, depth = 0): string {
  const lines = [`${'  '.repeat(depth)}${nameOf(node)} (rows ${node['Plan Rows']}, cost ${node['Total Cost']})${conditionsOf(node)}`]
  return [...lines, ...(node.Plans ?? []).map((child) => planText(child, depth + 1))].join('\n')
}

function nameOf(node: PlanNode): string {
  const relation = node['Relation Name'] === undefined ? '' : ` on ${node['Relation Name']}`
  const index = node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`
  return `${node['Node Type']}${index}${relation}`
}

const conditionsOf = (node: PlanNode): string =>
  conditions
    .filter((name) => node[name] !== undefined)
    .map((name) => ` ${name}: ${withoutValues([node[name]].flat().join(', '))}`)
    .join('')

/** Identifiers in double quotes stay; string literals and numbers become `?`. */
export const withoutValues = (condition: string): string =>
  condition.replace(/"(?:[^"]|"")*"|E?'(?:[^']|'')*'|(?<![\w$.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g, (part) => (part.startsWith('"') ? part : '?'))
