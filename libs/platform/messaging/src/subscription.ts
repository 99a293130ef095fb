/** One row of an outbox on its way to one subscriber. */
export interface Delivery {
  id: string
  name: string
  payload: unknown
  requestId: string
  occurredAt: string
  /** Failed attempts before this one. */
  attempts: number
  /** Number of this process's claim. Once another process has claimed the delivery, changes under this number have no effect. */
  lease: number
  /** Claims whose process died or hung. If there are more than a few, the delivery is what kills it. */
  lostLeases: number
  /** Whether another delivery may be waiting for this one to end. */
  ordered: boolean
}

/** A subscriber that gets every event of a name. */
export interface Subscription {
  /** Schema whose outbox holds the events. */
  readonly schema: string
  readonly eventName: string
  /** Unique in the system and the same after every start: deliveries are stored under this name. */
  readonly subscriber: string
  /** Whether events are ordered. Ordered events are claimed from the ledger, even with NATS. */
  readonly ordered: boolean
  /** Largest number of deliveries at once. */
  readonly batch: number
  /** Resolves when all are done, within the given time. Otherwise it is called again with the same deliveries. */
  deliver(deliveries: readonly Delivery[], timeoutMs: number): Promise<void>
}

/** Deliveries that are published instead of delivered. The receiver deletes the delivery when it is done. */
export interface Publication {
  readonly schema: string
  readonly eventName: string
  readonly subscriber: string
  readonly batch: number
  /** A delivery that is not done after this long is published again, in milliseconds. The wait grows each time: half of the delivery's age, up to 15 minutes. */
  readonly againAfterMs: number
  /** Resolves when all are published. Publishing one twice must be harmless. */
  publish(deliveries: readonly Delivery[]): Promise<void>
}
