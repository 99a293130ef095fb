import { createInterface } from 'node:readline'
import { LogFile } from './log-file.js'
import { connectionsIn, errorText, plainText, tellsOfHealth } from './log-line.js'

/** Of the run that goes on, for when it ends badly. */
const keptLines = 20

export interface ProcessLogOptions {
  /** Hears errors, and whatever is no log line at all. */
  show: (line: string) => void
  /** Stands before each line, so that logs that are read together can be told apart. */
  prefix?: string
  /** Shows only what the process itself calls an error: the rest of its words is told when it dies of it. */
  quiet?: boolean
}

/** Writes what a process says to its log and hands errors to the screen. */
export class ProcessLog {
  private readonly file: LogFile
  private readonly recent: string[] = []
  /** Connections to the database that the process takes at most, as it tells when it is ready. */
  connections = 0

  constructor(
    readonly path: string,
    private readonly options: ProcessLogOptions,
  ) {
    this.file = new LogFile(path, options.show)
  }

  take(stream: NodeJS.ReadableStream): void {
    const { prefix = '', quiet = false, show } = this.options
    createInterface({ input: stream }).on('line', (line) => {
      this.file.write(`${prefix}${line}\n`)
      this.remember(line)
      this.connections = connectionsIn(line) ?? this.connections
      const shown = errorText(line)
      if (shown !== undefined && !(quiet && shown === line)) show(`${prefix}${shown}`)
    })
  }

  /** The end of the log as people read it, for when the process has died. */
  lastLines(count: number): string {
    return this.recent.map(plainText).slice(-count).join('\n')
  }

  close(): void {
    this.file.close()
  }

  /** Not read back from the file: what was written last is on its way there. */
  private remember(line: string): void {
    if (!tellsOfHealth(line)) this.recent.push(line)
    if (this.recent.length > keptLines) this.recent.shift()
  }
}
