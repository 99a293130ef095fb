import type { Bench, Metric } from './bench.js'
import type { Verdict } from './judge.js'
import type { Results } from './results.js'

const columns: [Metric, string][] = [
  ['cpuUs', 'CPU us'],
  ['perSecond', 'per second'],
  ['p50Us', 'p50 us'],
  ['p95Us', 'p95 us'],
  ['p99Us', 'p99 us'],
  ['peakRssMb', 'RSS MB'],
]

export const columnNames = ['case', ...columns.map(([, name]) => name)]

/** One row per case: medians, and for metrics with goals also the range. */
export const rowsOf = ({ cases }: Bench, results: Results): string[][] =>
  cases.map(({ name }) => [name, ...columns.map(([metric]) => cell(results, name, metric))])

function cell(results: Results, name: string, metric: Metric): string {
  const series = results.series(name, metric)
  if (!series.every(Number.isFinite)) return '-'
  const middle = figure(results.median(name, metric))
  return metric === 'peakRssMb' ? middle : `${middle} [${figure(Math.min(...series))}-${figure(Math.max(...series))}]`
}

/** Three digits: a measurement is not more precise. */
export function figure(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString('en')
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

export const verdictText = ({ id, what, figure: value, limit, held }: Verdict): string =>
  `${id}  ${what}: ${figure(value)} (${limit})  ${held === undefined ? 'not measured: the machine is too noisy' : held ? 'held' : 'NOT HELD'}`

/** A table for a terminal. */
export function tableText(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) => row.map((text, column) => (column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join('  '))
    .join('\n')
}
