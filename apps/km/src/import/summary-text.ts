import { durationText } from '../terminal/duration.js'
import type { ImportSummary } from './import-file.js'

const shownBadLines = 20

/** The result of an import, for people. */
export function summaryText({ file, lines, resumedAfterLine, created, unchanged, badLines, tookMs }: ImportSummary): string {
  if (lines === 0) return `Nothing to import: ${file} has no lines.`
  const rate = Math.round((lines - resumedAfterLine) / (tookMs / 1_000))
  return [
    ...(resumedAfterLine > 0 ? [`Went on after line ${resumedAfterLine}, where an earlier import was stopped.`] : []),
    created === 0 ? `Nothing was added: ${unchanged} documents exist already.` : `${created} posts published, ${unchanged} existed already.`,
    ...badLineTexts(badLines),
    `${lines} lines in ${durationText(tookMs)}, ${rate} a second. Search finds new posts within seconds.`,
  ].join('\n')
}

function badLineTexts(badLines: ImportSummary['badLines']): string[] {
  if (badLines.length === 0) return []
  const shown = badLines.slice(0, shownBadLines).map(({ line, problem }) => `  line ${line}: ${problem}`)
  const hidden = badLines.length - shown.length
  return [`${badLines.length} bad lines were skipped:`, ...shown, ...(hidden > 0 ? [`  and ${hidden} more (all with --json)`] : [])]
}
