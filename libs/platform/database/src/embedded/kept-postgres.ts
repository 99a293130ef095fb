import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'

/** What is to be told of a server that is kept running. */
export interface KeepingHooks {
  /** It has ended although nobody stopped it; it is started again at once. */
  onEnd: () => void
  /** It could not be started again, why, and after how long that is tried next. Once for each reason. */
  onFailure: (reason: string, againInMs: number) => void
  /** It takes connections again. */
  onReturn: () => void
  /** It has ended or failed too often: from now on nobody starts it. */
  onGivingUp: (reason: string) => void
}

/** How soon it is noticed that the server has ended, milliseconds: the cost is that of reading one small file. */
const lookEveryMs = 500
const firstPauseMs = 1_000
const longestPauseMs = 30_000
/** Starts that may fail, and ends that may follow a start at once, before it is given up: with the pauses some 4 minutes. */
const mostFailures = 12
/** A server that has run for so long is sound, and what comes is another matter, milliseconds. */
const soundAfterMs = 60_000

/**
 * The embedded server, started again on the same port when it has ended: after a crash, or when its disk was full. Pauses grow from 1 to 30 s. For room on the
 * disk it waits without limit, because nothing but room mends it.
 */
export class KeptPostgres {
  private timer: NodeJS.Timeout | undefined
  private starting: Promise<void> | undefined
  private stopped = false
  private failures = 0
  private startedMs = performance.now()
  private toldReason: string | undefined

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

  /** Of the server that runs now, or ran last. */
  get pid(): number {
    return this.server.pid
  }

  get port(): number {
    return this.server.port
  }

  get url(): EmbeddedPostgres['url'] {
    return this.server.url
  }

  isRunning(): boolean {
    return this.server.isRunning()
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
      this.toldReason = undefined
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
    if (reason !== this.toldReason) this.hooks.onFailure(reason, this.pauseMs())
    this.toldReason = reason
    this.startIn(this.pauseMs())
  }

  private pauseMs(): number {
    return Math.min(firstPauseMs * 2 ** (this.failures - 1), longestPauseMs)
  }
}
