import { writeFileSync } from 'node:fs'
import { allBenches } from './all-benches.js'
import type { Bench } from './bench.js'
import { readCommandLine } from './command-line.js'
import { asJson, type Outcome, outcomeOf } from './outcome.js'
import { writePage } from './report-page.js'
import { columnNames, rowsOf, tableText, verdictText } from './report-text.js'
import { type Effort, runBench } from './run-bench.js'

const { names, effort, json, write } = readCommandLine(process.argv.slice(2))
const unknown = names.filter((name) => !allBenches.some((bench) => bench.name === name))
if (unknown.length > 0) throw new Error(`there is no bench ${unknown.join(', ')}; there are ${allBenches.map(({ name }) => name).join(', ')}`)

const outcomes: Outcome[] = []
for (const bench of allBenches) {
  if (names.length > 0 && !names.includes(bench.name)) continue
  const outcome = await outcomeAfter(bench, effort)
  outcomes.push(outcome)
  report(outcome)
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify(asJson(outcomes, effort.rounds), undefined, 2)}\n`)
if (write) writePage(outcomes)
if (outcomes.some(({ verdicts }) => verdicts.some(({ held }) => held === false))) process.exitCode = 1

async function outcomeAfter(bench: Bench, effort: Effort): Promise<Outcome> {
  const missing = bench.missing?.()
  if (missing !== undefined) return { bench, missing, verdicts: [], remarks: [] }
  const results = await runBench(bench, effort, progress)
  progress('')
  return outcomeOf(bench, results)
}

/** Progress goes to standard error, as one line on a terminal. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
  else if (text !== '') process.stderr.write(`${text}\n`)
}

function report({ bench, missing, results, verdicts, remarks }: Outcome): void {
  console.log(`\n${bench.name}: ${bench.about}`)
  if (missing !== undefined || results === undefined) return console.log(`  skipped: ${missing}`)
  console.log(tableText([columnNames, ...rowsOf(bench, results)]))
  for (const line of [...remarks, ...verdicts.map(verdictText)]) console.log(`  ${line}`)
}
