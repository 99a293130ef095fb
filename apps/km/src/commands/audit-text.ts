import type { AuditReport, Finding, Severity } from '@kilomega/database'
import { colorsFor } from '../terminal/colors.js'
import { sqlLines } from '../terminal/sql-lines.js'
import { wrapped } from '../terminal/wrap.js'

type Group = AuditReport['groups'][number]

const severities = { harmful: 'Harmful', minor: 'Minor', information: 'To know' } as const satisfies Record<Severity, string>
const narrowest = 40
/** Longer lines are hard to read. */
const widest = 100

/** The findings by severity and kind, each above the statements that mend it; then what could not be checked. */
export function auditText({ groups, skipped }: AuditReport, columns = 80): string {
  const width = Math.max(narrowest, Math.min(widest, columns))
  const parts = (Object.keys(severities) as Severity[]).flatMap((severity) => {
    const own = groups.filter((group) => group.severity === severity)
    return own.length === 0 ? [] : [headingOf(severity), ...own.map((group) => groupText(group, width))]
  })
  const unchecked = skipped.map(({ title, reason }) => indented(`${title}: ${reason}`, width, 2))
  return [summaryOf(groups), ...parts, ...(unchecked.length > 0 ? [`Not checked\n${unchecked.join('\n')}`] : [])].join('\n\n')
}

function summaryOf(groups: readonly Group[]): string {
  const colors = colorsFor(process.stdout)
  const count = (some: readonly Group[]): number => some.reduce((sum, { findings }) => sum + findings.length, 0)
  const [all, harmful] = [count(groups), count(groups.filter(({ severity }) => severity === 'harmful'))]
  if (all === 0) return colors.green('Nothing is wrong in this database')
  const text = `${all} ${all === 1 ? 'finding' : 'findings'}, ${harmful} of them harmful`
  return harmful === 0 ? text : colors.red(text)
}

function headingOf(severity: Severity): string {
  const colors = colorsFor(process.stdout)
  const color = { harmful: colors.red, minor: colors.yellow, information: colors.cyan }[severity]
  return color(`${severities[severity]}:`)
}

const groupText = ({ title, harm, findings }: Group, width: number): string =>
  [colorsFor(process.stdout).bold(title), indented(harm, width, 2), ...findings.map((finding) => findingText(finding, width))].join('\n')

const findingText = ({ subject, problem, statements }: Finding, width: number): string =>
  ['', indented(`${subject} ${problem}`, width, 2), ...statements.flatMap((statement) => mending(statement, width))].join('\n')

const mending = (statement: string, width: number): string[] => sqlLines(`${statement};`, width - 4).map((line) => `    ${line}`)

const indented = (text: string, width: number, by: number): string =>
  wrapped(text, width - by)
    .map((line) => `${' '.repeat(by)}${line}`)
    .join('\n')
