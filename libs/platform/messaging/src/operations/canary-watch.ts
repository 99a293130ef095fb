import { Health, Metrics, Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'

export interface LateCanary {
  schema: string
  /** `queue:<job>` for the workers of a kind of job; otherwise the subscriber of an event. */
  subscriber: string
  ageMs: number
}

/** Reports canaries that are not answered. */
@Injectable()
export class CanaryWatch {
  private late: () => Promise<LateCanary[]> = async () => []
  private known = new Set<string>()

  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
    private readonly signals: Signals,
  ) {}

  start(late: () => Promise<LateCanary[]>): void {
    this.late = late
    this.metrics.gauge('relay_late_canaries', 'Queues and consumers of events from which nobody has answered', async () => (await late()).length)
    this.health.register({ name: 'consumers', required: false, check: () => this.check() })
  }

  /** Each subscriber is reported once, until it has answered again. */
  async look(): Promise<void> {
    const late = await this.late()
    for (const { schema, subscriber, ageMs } of late) {
      if (!this.known.has(subscriber)) this.signals.emit('relay.no-live-consumer', { schema, subscriber, ageMs: Math.round(ageMs) })
    }
    this.known = new Set(late.map(({ subscriber }) => subscriber))
  }

  failed(error: unknown): void {
    this.signals.emit('relay.stalled', { subscriber: 'canaries' }, error)
  }

  private async check(): Promise<void> {
    const late = await this.late()
    if (late.length > 0) throw new Error(`no live consumer: ${late.map(({ subscriber }) => subscriber).join(', ')}`)
  }
}
