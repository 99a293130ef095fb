/** One of pino's levels: 50 is error, 60 fatal. */
const errorLevel = 50

interface LogEntry {
  time?: string
  level?: number | string
  msg?: string
  err?: { message?: string; stack?: string }
  connections?: number
}

/** The part of a line that belongs on the screen: errors of the log, and any output that is not a log line. */
export function errorText(line: string): string | undefined {
  if (line.trim() === '') return undefined
  const entry = parse(line)
  if (entry === undefined) return line
  if (typeof entry.level === 'number' ? entry.level < errorLevel : !/^(error|fatal)$/.test(String(entry.level))) return undefined
  const cause = entry.err?.message
  return cause === undefined ? (entry.msg ?? line) : `${entry.msg ?? 'error'}: ${cause}`
}

/** Health requests say nothing about why a process died, and there are many of them. */
export const isHealthRequest = (line: string): boolean => line.includes('"signal":"http.request"') && line.includes('"route":"/health/')

/** A line for people: time, level and message, with the stack of an error below. */
export function plainText(line: string): string {
  const entry = parse(line)
  if (entry === undefined) return line
  const { time, level, msg, err } = entry
  // The time of day of an ISO timestamp, to the millisecond.
  const head = [time?.slice(11, 23), level, msg ?? line].filter((part) => part !== undefined).join(' ')
  const cause = err?.stack ?? err?.message
  return cause === undefined ? head : `${head}\n    ${cause.replaceAll('\n', '\n    ')}`
}

/** The maximum number of database connections of a process, from the line that says it is ready. */
export const connectionsIn = (line: string): number | undefined => (line.includes('"process.ready"') ? parse(line)?.connections : undefined)

function parse(line: string): LogEntry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
