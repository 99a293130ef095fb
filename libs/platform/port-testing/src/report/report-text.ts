import type { Difference } from './compare-calls.js'
import type { ExtractionReport } from './extraction-report.js'

/** The report as Markdown, for people who decide whether a module may move out. */
export function reportText({ module, calls, differences, samples, outcomes, p50Ms, p95Ms, repeats, impatient, seed }: ExtractionReport): string {
  return `# Extraction of ${module}

${calls} calls were made in process and over NATS from a process of its own, over databases seeded alike; **${differences} came out differently**.
Of them ${repeats} repeated a command under its key, and ${impatient} had no time, ran out of it, or were given up by their caller.

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

Seed ${seed}: the same seed makes the same calls.
${samples.length === 0 ? '' : `\n## Differences\n\n${samples.map(sampleText).join('\n')}`}`
}

const sampleText = ({ what, call, local, remote }: Difference): string => `### ${call.operation}: ${what}

\`\`\`json
${JSON.stringify({ call, local, remote }, undefined, 2)}
\`\`\`
`
