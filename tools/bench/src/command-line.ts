import { parseArgs } from 'node:util'
import type { Effort } from './run-bench.js'

export interface Wanted {
  /** Names of benches; empty stands for all. */
  names: string[]
  effort: Effort
  /** Where the result goes as JSON. */
  json: string | undefined
  /** Whether `docs/benchmarks.md` is written. */
  write: boolean
}

/** Five rounds of two seconds beat one long run: what disturbs a machine disturbs a few of them. */
const full: Effort = { rounds: 5, share: 1, tries: 3 }
const quick: Effort = { rounds: 3, share: 0.35, tries: 1 }

/** Only a full run of all benches fits the page; `--write` overrules. */
export function readCommandLine(given: string[]): Wanted {
  const { values, positionals } = parseArgs({
    args: given,
    options: { quick: { type: 'boolean' }, write: { type: 'boolean' }, json: { type: 'string' } },
    allowPositionals: true,
  })
  const isFull = positionals.length === 0 && !values.quick
  return { names: positionals, effort: values.quick ? quick : full, json: values.json, write: values.write ?? isFull }
}
