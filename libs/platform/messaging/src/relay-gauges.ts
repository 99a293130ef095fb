import { Databases } from '@kilomega/database'
import { Metrics } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { lagsOf, type SubscriberLag } from './lags.js'

/** One query result is used for all gauges of a scrape, for this many milliseconds. */
const keepMs = 500

/** How far the subscribers of this process are behind. */
@Injectable()
export class RelayGauges {
  private readonly subscribers = new Map<string, string[]>()
  private known: Promise<SubscriberLag[]> | undefined
  private readMs = -Infinity

  constructor(
    private readonly databases: Databases,
    metrics: Metrics,
  ) {
    metrics.gauge('relay_backlog_deliveries', 'Deliveries to the subscribers of this process that are not done', async () =>
      (await this.lags()).reduce((sum, { backlog }) => sum + backlog, 0),
    )
    metrics.gauge('relay_lag_ms', 'Age of the oldest event that a subscriber of this process has not heard', async () =>
      Math.max(0, ...(await this.lags()).map(({ oldestMs }) => oldestMs)),
    )
  }

  add(schema: string, subscriber: string): void {
    this.subscribers.set(schema, [...(this.subscribers.get(schema) ?? []), subscriber])
  }

  private lags(): Promise<SubscriberLag[]> {
    const nowMs = performance.now()
    if (this.known === undefined || nowMs - this.readMs > keepMs) {
      this.readMs = nowMs
      this.known = this.read()
    }
    return this.known
  }

  /** One after another: all of them at once would take every connection for one scrape. */
  private async read(): Promise<SubscriberLag[]> {
    const all: SubscriberLag[] = []
    for (const [schema, subscribers] of this.subscribers) all.push(...(await lagsOf(this.databases.of(schema), subscribers)))
    return all
  }
}
