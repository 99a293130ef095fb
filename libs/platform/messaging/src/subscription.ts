/** One row of an outbox on its way to one subscriber. */
export interface Delivery {
  id: string
  name: string
  payload: unknown
  requestId: string
  occurredAt: string
  /** Tries that failed before this one. */
  attempts: number
  /** Number of the claim under which this process has it: what it says is not heard any more once another process has claimed it. */
  lease: number
  /** Claims that ended with their process, or never: more than a few, and the delivery is what ends it. */
  lostLeases: number
  /** Whether another one may wait for this one to be over. */
  ordered: boolean
}

/** Somebody to whom every event of a name is delivered. */
export interface Subscription {
  /** Schema whose outbox holds the events. */
  readonly schema: string
  readonly eventName: string
  /** Unique in the system and the same after every start: deliveries are kept under this name. */
  readonly subscriber: string
  /** Whether the order of events counts: such events are claimed from the ledger, also with NATS. */
  readonly ordered: boolean
  /** Deliveries at once, at most. */
  readonly batch: number
  /** Resolves when all are done for good, within the time given; called again with the same ones otherwise. */
  deliver(deliveries: readonly Delivery[], timeoutMs: number): Promise<void>
}

/** What is published instead of delivered: whoever gets it then deletes the delivery when it is done. */
export interface Publication {
  readonly schema: string
  readonly eventName: string
  readonly subscriber: string
  readonly batch: number
  /** What is not done after this long is published again, milliseconds; later each time, after half of its age, up to 15 minutes. */
  readonly againAfterMs: number
  /** Resolves when all are published. What is published twice must be harmless. */
  publish(deliveries: readonly Delivery[]): Promise<void>
}
