import { createWriteStream, existsSync, mkdirSync, renameSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'

/** The pause before the next attempt after a failure, in milliseconds. */
const againAfterMs = 10_000

/** A log that continues once the disk has room again. Lines written in between are lost. The log of the previous run is kept next to it. */
export class LogFile {
  private file: WriteStream
  private failedMs: number | undefined
  private failureShown = false

  constructor(
    private readonly path: string,
    private readonly show: (line: string) => void,
    private readonly pauseMs = againAfterMs,
  ) {
    mkdirSync(dirname(path), { recursive: true })
    if (existsSync(path)) renameSync(path, `${path}.before`)
    this.file = this.open()
  }

  write(line: string): void {
    if (this.failedMs !== undefined && !this.openAgain(this.failedMs)) return
    this.file.write(line, (error) => error ?? this.wrote())
  }

  close(): void {
    this.file.end()
  }

  private open(): WriteStream {
    return createWriteStream(this.path, { flags: 'a' }).on('error', (error) => this.failed(error))
  }

  private openAgain(failedMs: number): boolean {
    if (performance.now() - failedMs < this.pauseMs) return false
    this.failedMs = undefined
    this.file = this.open()
    return true
  }

  private wrote(): void {
    if (this.failureShown) this.show(`${this.path} is written again`)
    this.failureShown = false
  }

  private failed(error: NodeJS.ErrnoException): void {
    this.failedMs = performance.now()
    if (this.failureShown) return
    this.failureShown = true
    const reason = error.code === 'ENOSPC' ? 'the disk is full: make room' : error.message
    this.show(`${this.path} cannot be written: ${reason}`)
  }
}
