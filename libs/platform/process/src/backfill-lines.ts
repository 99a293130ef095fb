import type { BackfillProgress } from '@kilomega/database'

const everyMs = 2_000

/** Says how far backfills are, at most every two seconds: `content: 202612010200-fill-slug, 700,000 rows, 35%`. */
export function backfillLines(print: (line: string) => void): (schema: string, name: string, progress: BackfillProgress) => void {
  let printedMs = performance.now()
  return (schema, name, { seen, about }) => {
    if (performance.now() - printedMs < everyMs) return
    printedMs = performance.now()
    const share = about === null || about === 0 ? '' : `, ${Math.min(99, Math.floor((100 * seen) / about))}%`
    print(`${schema}: ${name}, ${seen.toLocaleString('en')} rows${share}`)
  }
}
