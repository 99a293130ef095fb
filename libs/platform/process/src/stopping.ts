import { drainHttp, HttpConfig } from '@kilomega/http'
import { NatsStrategy } from '@kilomega/messaging'
import { Signals, StopBudget } from '@kilomega/observability'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { messageOf } from './failure-text.js'
import type { ProcessConfig } from './process.config.js'

/**
 * Stops a process in this order: not ready, drain HTTP, drain the ports on NATS, then through Nest's hooks workers (`onModuleDestroy`), relay (`beforeApplicationShutdown`)
 * and pools (`onApplicationShutdown`), each within its share of one budget. A signal during the start ends the process at once; it has accepted nothing by then.
 */
export class Stopping {
  private running: { app: NestFastifyApplication; config: ProcessConfig } | undefined
  private stopping = false

  constructor() {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void this.stop(0, { by: signal }))
    for (const trouble of ['uncaughtException', 'unhandledRejection'] as const) process.on(trouble, (error) => void this.crash(error))
  }

  /** From now on, a signal stops this application. */
  watch(app: NestFastifyApplication, config: ProcessConfig): void {
    this.running = { app, config }
  }

  failedToStart(error: unknown): void {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exit(1)
  }

  private async crash(error: unknown): Promise<void> {
    if (this.running === undefined) return this.failedToStart(error)
    if (this.stopping) return
    this.running.app.get(Signals).emit('process.crashed', {}, error)
    await this.stop(1, {})
  }

  private async stop(exitCode: number, fields: { by?: string }): Promise<void> {
    if (this.running === undefined) process.exit(0)
    if (this.stopping) return
    this.stopping = true
    const { app, config } = this.running
    const signals = app.get(Signals)
    signals.emit('process.stopping', fields)
    setTimeout(() => {
      signals.emit('process.stop-overdue', { stopTimeoutMs: config.stopTimeoutMs })
      process.exit(1)
    }, config.stopTimeoutMs).unref()
    await this.inOrder(app, config.stopTimeoutMs)
    signals.emit('process.stopped')
    process.exit(exitCode)
  }

  /** Workers, ledger and pools stop through Nest's hooks and keep to their shares themselves. */
  private async inOrder(app: NestFastifyApplication, stopTimeoutMs: number): Promise<void> {
    const budget = app.get(StopBudget)
    budget.begin(stopTimeoutMs, app.get(HttpConfig).preStopMs)
    await budget.share('http').within('requests', drainHttp(app, budget.share('http').over))
    await budget.share('ports').within('calls over NATS', app.get(NatsStrategy).drain())
    await app.close()
  }
}
