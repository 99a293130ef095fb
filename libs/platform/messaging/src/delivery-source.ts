import type { Delivery } from './subscription.js'

/** Where a subscriber's deliveries come from, and where it is noted what became of them. */
export abstract class DeliverySource {
  /** From now on the subscriber is owed every event of that name. `wake` is called when deliveries have come by themselves. */
  abstract register(eventName: string, wake: () => void): Promise<void>
  /** Deliveries that are due, for this process alone for `leaseMs`; the attempt at hand is counted. */
  abstract claim(count: number, leaseMs: number): Promise<Delivery[]>
  /** These are on their way elsewhere, and due again after so long each, milliseconds, unless they were asked for sooner meanwhile. No attempt is counted. */
  abstract hold(deliveries: readonly Delivery[], waitsMs: readonly number[]): Promise<void>
  abstract finish(deliveries: readonly Delivery[]): Promise<void>
  /** Due again after so long. Does nothing where somebody else has claimed it since. */
  abstract postpone(delivery: Delivery, waitMs: number): Promise<void>
  /** Gives a delivery up: it is a dead letter, with the reason, until somebody decides. Does nothing where somebody else has claimed it since. */
  abstract bury(delivery: Delivery, reason: string): Promise<void>
  /** How much is owed, and the age of the oldest event among it, milliseconds. */
  abstract lag(): Promise<{ owed: number; oldestMs: number }>
  /** Takes no more deliveries. */
  abstract stop(): Promise<void>
}
