import { Metrics } from '@kilomega/observability'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import type { DeliveryLoop } from './delivery-loop.js'
import { DeliveryLoops } from './delivery-loops.js'
import { HandOvers } from './hand-overs.js'
import type { Subscription } from './subscription.js'
import { WakeUp } from './wake-up.js'

/** Delivers what outboxes hold to the subscribers of this process, after commit and at least once. */
@Injectable()
export class Relay implements BeforeApplicationShutdown {
  private readonly loops: DeliveryLoop[] = []

  constructor(
    private readonly deliveries: DeliveryLoops,
    private readonly wakeUp: WakeUp,
    private readonly handOvers: HandOvers,
    metrics: Metrics,
  ) {
    metrics.gauge('relay_owed_deliveries', 'Deliveries owed to the subscribers of this process', async () =>
      sum((await this.lags()).map(({ owed }) => owed)),
    )
    metrics.gauge('relay_lag_ms', 'Age of the oldest event that a subscriber of this process has not heard', async () =>
      Math.max(0, ...(await this.lags()).map(({ oldestMs }) => oldestMs)),
    )
  }

  /** From now on the subscriber is owed every event of that name, and gets it here. */
  async subscribe(subscription: Subscription): Promise<void> {
    const loop = this.deliveries.loopFor(subscription)
    this.loops.push(loop)
    const { schema, eventName, subscriber, handsOver } = subscription
    this.wakeUp.listen(schema, () => loop.wake(), eventName)
    await loop.start()
    if (handsOver === undefined) return
    this.handOvers.open(schema, eventName, {
      subscriber,
      againAfterMs: (delivery) => handsOver.againAfterMs(delivery),
      take: (deliveries) => loop.take(deliveries),
    })
  }

  /** One after the other: all of them at once would take every connection for whoever scrapes. */
  private async lags(): Promise<{ owed: number; oldestMs: number }[]> {
    const lags = []
    for (const loop of this.loops) lags.push(await loop.lag())
    return lags
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.handOvers.close()
    await Promise.all(this.loops.map((loop) => loop.stop()))
  }
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)
