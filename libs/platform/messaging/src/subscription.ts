/** One row of an outbox on its way to one subscriber. */
export interface Delivery {
  id: string
  name: string
  payload: unknown
  requestId: string
  occurredAt: string
  /** 1 at the first delivery. */
  attempt: number
  /** Whether another one may wait for this one to be over. */
  ordered?: boolean
}

/** Somebody who is owed every event of a name. */
export interface Subscription {
  /** Schema whose outbox tells. */
  readonly schema: string
  readonly eventName: string
  /** Unique in the system and the same after every start: what is owed is kept under this name. */
  readonly subscriber: string
  /** Whether it may stand in another process than the module that tells, so that with NATS its events come over the stream. */
  readonly anywhere: boolean
  /** Deliveries at once, at most. */
  readonly batch: number
  /**
   * Present where `deliver` only hands over what ends later and elsewhere, as a job in a queue does. Such a delivery stays owed until who ends it crosses
   * it out, and is handed over again when that has not happened after `againAfterMs`, which is mostly `usuallyMs`. What cannot be handed over is never
   * given up.
   */
  readonly handsOver?: { readonly usuallyMs: number; againAfterMs(delivery: Delivery): number }
  /** Resolves when all are done for good, within the time given; called again with the same ones otherwise. */
  deliver(deliveries: readonly Delivery[], timeoutMs: number): Promise<void>
}
