import type { Examples } from './collected-statements.js'
import type { Planner } from './planner.js'

const note = '<!-- Generated from the code by `npm run docs:sql`; a test checks that it is current. -->'
const reading = [
  'The plans are those of PostgreSQL for tables of some 20,000 rows: what is read, and by which index. A `Seq Scan` on a table that grows is a fault, unless all of',
  'it is wanted. Statements for a batch are shown for one row, and the parts of a partitioned table stand as one (`_*`).',
].join('\n')

/** The page of a module. `silent` are the operations of its port that send no statement. */
export function modulePage(module: string, examples: Examples, silent: readonly string[], planner: Planner): Promise<string> {
  const what = [
    'Every statement that the module sends to its tables, by the operation of its port, its job, its subscriber or its route. What it sends to its outbox, inbox',
    'and receipts is in [ledger.md](ledger.md).',
  ].join('\n')
  const without = silent.length === 0 ? [] : [`No statement: ${silent.map((name) => `\`${name}\``).join(', ')}.`]
  return page([`# SQL of ${module}`, what, reading, ...without], examples, planner)
}

/** The page of what is the same in the schemas of all modules. */
export function ledgerPage(examples: Examples, planner: Planner): Promise<string> {
  const what = [
    'The statements that modules send to their own ledgers, and those by which operators and metrics look at them, by the table that is named first. Those of the',
    'loops that deliver are in `libs/platform/messaging/src/delivery-statements.ts`.',
  ].join('\n')
  return page(['# SQL of the ledger', what, reading], examples, planner)
}

async function page(head: readonly string[], examples: Examples, planner: Planner): Promise<string> {
  const parts = [note, ...head]
  for (const [heading, all] of examples) {
    if (all.length > 0) parts.push(`## ${heading}`)
    for (const example of all) {
      const plan = await planner.planOf(example)
      parts.push(`\`\`\`sql\n${example.text}\n\`\`\``, `\`\`\`text\n${plan.join('\n')}\n\`\`\``)
    }
  }
  return `${parts.join('\n\n')}\n`
}
