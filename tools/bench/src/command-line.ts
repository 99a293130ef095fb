import { parseArgs } from 'node:util'
import type { Effort } from './run-bench.js'

export interface Wanted {
  /** Names of benches; an empty list means all. */
  names: string[]
  effort: Effort
  /** The file for the result as JSON. */
  json: string | undefined
  /** Whether to write `docs/benchmarks.md`. */
  write: boolean
}

/** Five rounds of two seconds are better than one long run: a disturbance of the machine affects only a few of them. */
const full: Effort = { rounds: 5, share: 1, tries: 3 }
const quick: Effort = { rounds: 3, share: 0.35, tries: 1 }

/** Only a full run of all benches belongs on the page; `--write` overrides this. */
export function readCommandLine(given: string[]): Wanted {
  const { values, positionals } = parseArgs({
    args: given,
    options: { quick: { type: 'boolean' }, write: { type: 'boolean' }, json: { type: 'string' } },
    allowPositionals: true,
  })
  const isFull = positionals.length === 0 && !values.quick
  return { names: positionals, effort: values.quick ? quick : full, json: values.json, write: values.write ?? isFull }
}
