import type { Difference } from './compare-calls.js'
import type { ExtractionReport } from './extraction-report.js'

/** The report as Markdown, for people who decide whether to move a module out. */
export function reportText({ module, calls, differences, samples, outcomes, p50Ms, p95Ms, repeats, impatient, seed }: ExtractionReport): string {
  return `# Extraction of ${module}

${calls} calls were made within the process and over NATS from its own process, over two equally seeded databases; **${differences} came out differently**.
Of these, ${repeats} repeated a command under its key, and ${impatient} had no time left, ran out of time, or were given up by their caller.

| latency, ms | in process | over NATS |
| --- | --- | --- |
| p50 | ${p50Ms.local} | ${p50Ms.remote} |
| p95 | ${p95Ms.local} | ${p95Ms.remote} |

| outcome | calls |
| --- | --- |
${Object.entries(outcomes)
  .sort(([, one], [, other]) => other - one)
  .map(([outcome, count]) => `| ${outcome} | ${count} |`)
  .join('\n')}

Seed ${seed}: the same seed gives the same calls.
${samples.length === 0 ? '' : `\n## Differences\n\n${samples.map(sampleText).join('\n')}`}`
}

const sampleText = ({ what, call, local, remote }: Difference): string => `### ${call.operation}: ${what}

\`\`\`json
${JSON.stringify({ call, local, remote }, undefined, 2)}
\`\`\`
`
