import { createWriteStream, existsSync, mkdirSync, renameSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'

/** How long after a failure it is tried again, milliseconds. */
const againAfterMs = 10_000

/** A log that goes on when there is room on the disk again. What came meanwhile is lost. That of the run before is kept beside it. */
export class LogFile {
  private file: WriteStream
  private failedMs: number | undefined
  private told = false

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
    if (this.told) this.show(`${this.path} is written again`)
    this.told = false
  }

  private failed(error: NodeJS.ErrnoException): void {
    this.failedMs = performance.now()
    if (this.told) return
    this.told = true
    const reason = error.code === 'ENOSPC' ? 'the disk is full: make room' : error.message
    this.show(`${this.path} cannot be written: ${reason}`)
  }
}
