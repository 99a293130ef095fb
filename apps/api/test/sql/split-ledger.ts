import { byName, type Example, type Examples } from './collected-statements.js'

/** Operators look at ledgers and change them; what they find decides which ledgers are concerned. */
const byOperators = / \/operations\//

export interface Split {
  /** What only this module sends. */
  modules: ReadonlyMap<string, Examples>
  /** What several modules send to the tables of their ledgers, or operators, by the table that is named first. */
  ledger: Examples
}

/** The text with the schema left open. */
const openText = (module: string, text: string): string => text.replaceAll(`"${module}".`, '{schema}.')

/** Takes the statements of the ledger out, which are the same in every module but for the schema. */
export function splitLedger(collected: ReadonlyMap<string, Examples>): Split {
  const sent = [...collected].flatMap(([module, examples]) =>
    [...examples].flatMap(([heading, all]) => all.map((example) => ({ module, heading, example }))),
  )
  const owners = new Map<string, Set<string>>()
  const ledger = new Map<string, Example>()
  for (const { module, heading, example } of sent) {
    const text = openText(module, example.text)
    owners.set(text, (owners.get(text) ?? new Set()).add(byOperators.test(heading) ? 'operators' : module))
    if (!ledger.has(text)) ledger.set(text, { ...example, text })
  }
  const isLedger = (text: string): boolean => owners.get(text)!.size > 1 || owners.get(text)!.has('operators')
  const own = (module: string, examples: Examples): Examples =>
    new Map([...examples].map(([heading, all]) => [heading, all.filter(({ text }) => !isLedger(openText(module, text)))]))
  return {
    modules: new Map([...collected].map(([module, examples]) => [module, own(module, examples)])),
    ledger: byTable([...ledger.values()].filter(({ text }) => isLedger(text))),
  }
}

function byTable(examples: readonly Example[]): Examples {
  const tables = new Map<string, Example[]>()
  for (const example of [...examples].sort((one, other) => (one.text < other.text ? -1 : 1))) {
    const table = /\{schema\}\.(\w+)/.exec(example.text)?.[1] ?? 'no table'
    tables.set(table, [...(tables.get(table) ?? []), example])
  }
  return new Map([...tables].sort(byName))
}
