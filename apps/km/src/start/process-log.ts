import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

/** From pino's levels: 50 is error, 60 fatal. */
const errorLevel = 50

export interface ProcessLogOptions {
  /** Hears errors, and whatever is no log line at all. */
  show: (line: string) => void
  /** Stands before each line, so that logs that are read together can be told apart. */
  prefix?: string
  /** Shows only what the process itself calls an error: the rest of its words is told when it dies of it. */
  quiet?: boolean
}

/** Writes what a process says to its log and hands errors to the screen. The log of the run before is kept beside it. */
export class ProcessLog {
  private readonly file: WriteStream
  private broken = false
  /** Connections to the database that the process takes at most, as it tells when it is ready. */
  connections = 0

  constructor(
    readonly path: string,
    private readonly options: ProcessLogOptions,
  ) {
    mkdirSync(dirname(path), { recursive: true })
    if (existsSync(path)) renameSync(path, `${path}.before`)
    this.file = createWriteStream(path)
    this.file.on('error', (error) => this.tellOnce(error))
  }

  take(stream: NodeJS.ReadableStream): void {
    const { prefix = '', quiet = false, show } = this.options
    createInterface({ input: stream }).on('line', (line) => {
      if (!this.broken) this.file.write(`${prefix}${line}\n`)
      this.connections = connectionsIn(line) ?? this.connections
      const shown = errorText(line)
      if (shown !== undefined && !(quiet && shown === line)) show(`${prefix}${shown}`)
    })
  }

  /** The end of the log, for when the process has died. */
  lastLines(count: number): string {
    const lines = readFileSync(this.path, 'utf8').trimEnd().split('\n')
    return lines.slice(-count).join('\n')
  }

  close(): void {
    this.file.end()
  }

  private tellOnce(error: NodeJS.ErrnoException): void {
    if (this.broken) return
    this.broken = true
    const { show } = this.options
    show(error.code === 'ENOSPC' ? `The disk is full, so ${this.path} ends here: make room` : `${this.path} cannot be written: ${error.message}`)
  }
}

/** What of a line belongs on the screen: errors of the log, and whatever is no log line at all. */
export function errorText(line: string): string | undefined {
  if (line.trim() === '') return undefined
  const entry = parse(line)
  if (entry === undefined) return line
  if (typeof entry.level === 'number' ? entry.level < errorLevel : !/^(error|fatal)$/.test(String(entry.level))) return undefined
  const cause = entry.err?.message
  return cause === undefined ? (entry.msg ?? line) : `${entry.msg ?? 'error'}: ${cause}`
}

function connectionsIn(line: string): number | undefined {
  return line.includes('"process.ready"') ? parse(line)?.connections : undefined
}

interface LogEntry {
  level?: number | string
  msg?: string
  err?: { message?: string }
  connections?: number
}

function parse(line: string): LogEntry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
