import { PostChanged, PostPublished, PostRemoved } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { Hears } from '@kilomega/messaging'
import type { DomainEvent, PayloadOf } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { SearchIndex } from './drivers/search-index.js'

type Published = PayloadOf<typeof PostPublished>
type Removed = PayloadOf<typeof PostRemoved>

/** Keeps the index in step with what is published. 500 at once is one statement: most of an import's speed. */
@Injectable()
export class SearchEvents {
  constructor(private readonly index: SearchIndex) {}

  @Hears(PostPublished, { batch: 500 })
  putPublished(events: DomainEvent<Published>[], transaction: Transaction): Promise<void> {
    return this.index.put(payloads(events), transaction)
  }

  @Hears(PostChanged, { batch: 500 })
  putChanged(events: DomainEvent<Published>[], transaction: Transaction): Promise<void> {
    return this.index.put(payloads(events), transaction)
  }

  @Hears(PostRemoved, { batch: 500 })
  remove(events: DomainEvent<Removed>[], transaction: Transaction): Promise<void> {
    return this.index.remove(payloads(events), transaction)
  }
}

const payloads = <T>(events: DomainEvent<T>[]): T[] => events.map(({ payload }) => payload)
