import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import type { Outcome } from './outcome.js'
import { columnNames, rowsOf, verdictText } from './report-text.js'

const page = join(import.meta.dirname, '../../../docs/benchmarks.md')

/** Writes `docs/benchmarks.md`. */
export function writePage(outcomes: readonly Outcome[]): void {
  writeFileSync(page, `${[head(), ...outcomes.map(section)].join('\n\n')}\n`)
}

const head = (): string => `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)} with Node ${process.version} on ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}).

Cases run in turn, each in its own process; the first round is left out. A figure is the median of the rounds, with the minimum and the maximum.
Figures from different machines or different runs cannot be compared: a goal is judged by the median of the ratios of each round.
"CPU us" is the CPU time of the process under test per operation, in microseconds.`

function section({ bench, missing, results, verdicts, remarks }: Outcome): string {
  const title = `## ${bench.name}\n\n${bench.about} One operation is one ${bench.unit}.`
  if (missing !== undefined || results === undefined) return `${title}\n\nNot measured: ${missing}.`
  const cases = bench.cases.map(({ name, role, about }) => `- \`${name}\` (${role}): ${about}`).join('\n')
  const lines = [...remarks, ...verdicts.map(verdictText)].map((line) => `- ${line}`).join('\n')
  return [title, cases, table([columnNames, ...rowsOf(bench, results)]), lines].join('\n\n')
}

function table([header, ...rows]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(header!), line(header!.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}
