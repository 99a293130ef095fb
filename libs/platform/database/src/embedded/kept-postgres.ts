import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'

/** Called with the events of a server that is kept running. */
export interface KeepingHooks {
  /** The server ended without being stopped; it is restarted at once. */
  onEnd: () => void
  /** The server could not be restarted: the reason, and when the next attempt follows. Called once for each reason. */
  onFailure: (reason: string, againInMs: number) => void
  /** The server accepts connections again. */
  onReturn: () => void
  /** The server has ended or failed too often: it is not restarted any more. */
  onGivingUp: (reason: string) => void
}

/** In milliseconds: how soon the end of the server is noticed. The cost is that of reading one small file. */
const lookEveryMs = 500
const firstPauseMs = 1_000
const longestPauseMs = 30_000
/** Failed starts, and exits soon after a start, before giving up: with the pauses, some 4 minutes. */
const mostFailures = 12
/** In milliseconds. A server that has run this long is healthy, and a later failure counts as a new problem. */
const soundAfterMs = 60_000

/**
 * The embedded server, restarted on the same port whenever it has ended: after a crash, or when its disk was full. Pauses grow from 1 to 30 s. If the disk is
 * full it retries without limit, because only free space helps.
 */
export class KeptPostgres {
  private timer: NodeJS.Timeout | undefined
  private starting: Promise<void> | undefined
  private stopped = false
  private failures = 0
  private startedMs = performance.now()
  private reportedReason: string | undefined

  private constructor(
    private server: EmbeddedPostgres,
    private readonly options: EmbeddedPostgresOptions,
    private readonly hooks: KeepingHooks,
  ) {
    this.lookIn(lookEveryMs)
  }

  /** Rejects as `EmbeddedPostgres.start` does: the first start is tried once. */
  static async start(options: EmbeddedPostgresOptions, hooks: KeepingHooks): Promise<KeptPostgres> {
    const server = await EmbeddedPostgres.start(options)
    return new KeptPostgres(server, { ...options, port: server.port }, hooks)
  }

  /** Of the server that is running now, or ran last. */
  get pid(): number {
    return this.server.pid
  }

  get port(): number {
    return this.server.port
  }

  get url(): EmbeddedPostgres['url'] {
    return this.server.url
  }

  /** Where it keeps its log, its password and, in `data`, its data. */
  get folder(): string {
    return this.server.folder
  }

  get data(): string {
    return this.server.data
  }

  isRunning(): boolean {
    return this.server.isRunning()
  }

  /** Ends it as a crash does, for good. */
  async kill(): Promise<void> {
    if (this.isRunning()) process.kill(this.pid, 'SIGKILL')
    await this.stop()
  }

  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.starting
    await this.server.stop()
  }

  private lookIn(ms: number): void {
    if (!this.stopped) this.timer = setTimeout(() => this.look(), ms).unref()
  }

  private look(): void {
    if (this.server.isRunning()) return this.lookIn(lookEveryMs)
    if (performance.now() - this.startedMs > soundAfterMs) this.failures = 0
    this.failures += 1
    if (this.failures > mostFailures) return this.hooks.onGivingUp(`it has ended ${this.failures} times soon after its start`)
    this.hooks.onEnd()
    this.startIn(this.failures === 1 ? 0 : this.pauseMs())
  }

  private startIn(ms: number): void {
    if (!this.stopped) this.timer = setTimeout(() => (this.starting = this.startAgain()), ms)
  }

  private async startAgain(): Promise<void> {
    try {
      this.server = await EmbeddedPostgres.start(this.options)
      this.startedMs = performance.now()
      this.reportedReason = undefined
      this.hooks.onReturn()
      this.lookIn(lookEveryMs)
    } catch (error) {
      this.failed(error)
    }
  }

  private failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    const isFull = error instanceof EmbeddedPostgresError && error.problem === 'DISK_FULL'
    this.failures += 1
    if (!isFull && this.failures > mostFailures) return this.hooks.onGivingUp(reason)
    if (reason !== this.reportedReason) this.hooks.onFailure(reason, this.pauseMs())
    this.reportedReason = reason
    this.startIn(this.pauseMs())
  }

  private pauseMs(): number {
    return Math.min(firstPauseMs * 2 ** (this.failures - 1), longestPauseMs)
  }
}
