import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

/** From pino's levels: 50 is error, 60 fatal. */
const errorLevel = 50

/** Writes what the API says to its log and hands errors to the screen. The log of the run before is kept beside it. */
export class ApiLog {
  private readonly file: WriteStream
  private broken = false

  constructor(
    readonly path: string,
    private readonly show: (line: string) => void,
  ) {
    mkdirSync(dirname(path), { recursive: true })
    if (existsSync(path)) renameSync(path, `${path}.before`)
    this.file = createWriteStream(path)
    this.file.on('error', (error) => this.tellOnce(error))
  }

  take(stream: NodeJS.ReadableStream): void {
    createInterface({ input: stream }).on('line', (line) => {
      if (!this.broken) this.file.write(`${line}\n`)
      const shown = errorText(line)
      if (shown !== undefined) this.show(shown)
    })
  }

  /** The end of the log, for when the API has died. */
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
    this.show(error.code === 'ENOSPC' ? `The disk is full, so ${this.path} ends here: make room` : `${this.path} cannot be written: ${error.message}`)
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

interface LogEntry {
  level?: number | string
  msg?: string
  err?: { message?: string }
}

function parse(line: string): LogEntry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
