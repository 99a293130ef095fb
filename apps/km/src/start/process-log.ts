import { createInterface } from 'node:readline'
import { LogFile } from './log-file.js'
import { connectionsIn, errorText, plainText, isHealthRequest } from './log-line.js'

/** The last lines of the current run, in case it ends badly. */
const keptLines = 20

export interface ProcessLogOptions {
  /** Called with errors, and with any output that is not a log line. */
  show: (line: string) => void
  /** Written before each line, so that logs can be told apart when read together. */
  prefix?: string
  /** Shows only what the process itself calls an error; the rest of its output is shown if it dies. */
  quiet?: boolean
}

/** Writes the output of a process to its log and passes errors to the screen. */
export class ProcessLog {
  private readonly file: LogFile
  private readonly recent: string[] = []
  /** The maximum number of database connections, as the process reports when it is ready. */
  connections = 0

  constructor(
    readonly path: string,
    private readonly options: ProcessLogOptions,
  ) {
    this.file = new LogFile(path, options.show)
  }

  read(stream: NodeJS.ReadableStream): void {
    const { prefix = '', quiet = false, show } = this.options
    createInterface({ input: stream }).on('line', (line) => {
      this.file.write(`${prefix}${line}\n`)
      this.remember(line)
      this.connections = connectionsIn(line) ?? this.connections
      const shown = errorText(line)
      if (shown !== undefined && !(quiet && shown === line)) show(`${prefix}${shown}`)
    })
  }

  /** The end of the log for people, for when the process has died. */
  lastLines(count: number): string {
    return this.recent.map(plainText).slice(-count).join('\n')
  }

  close(): void {
    this.file.close()
  }

  /** Kept in memory rather than read back, because the last lines may not have reached the file yet. */
  private remember(line: string): void {
    if (!isHealthRequest(line)) this.recent.push(line)
    if (this.recent.length > keptLines) this.recent.shift()
  }
}
