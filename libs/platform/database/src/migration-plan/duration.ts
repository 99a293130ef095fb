import type { Work } from './table-use.js'

/** Bytes per second on two shared cores; a table that is in memory goes faster. */
const rates = { scan: 100e6, index: 40e6, rewrite: 40e6, write: 10e6 }
/** Rows per second, with the pauses that a backfill makes. */
const batchedRows = 10_000

export interface Takes {
  /** Null if it cannot be told. */
  seconds: number | null
  /** `moment`, or `scan of 1.2 GB, about 12 s` */
  text: string
}

/** A rough class of how long a statement takes on a table of this size, without waiting for its lock. */
export function takes(work: Work, { rows, bytes }: { rows: number | null; bytes: number }): Takes {
  if (work === 'none') return { seconds: 0, text: 'moment' }
  if (work === 'unknown') return { seconds: null, text: 'not known from its text' }
  const seconds = work === 'batches' ? (rows ?? bytes / 100) / batchedRows : bytes / rates[work]
  if (seconds < 1) return { seconds, text: 'moment' }
  const words = {
    scan: `scan of ${bytesText(bytes)}`,
    index: `index of ${bytesText(bytes)}`,
    rewrite: `new copy of ${bytesText(bytes)}`,
    write: `up to ${bytesText(bytes)} written at once`,
    batches: 'in batches',
  }
  return { seconds, text: `${words[work]}, about ${durationText(seconds)}` }
}

/** `1.2 GB` */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1_000 ** step
  return `${value >= 10 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step]}`
}

function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}
