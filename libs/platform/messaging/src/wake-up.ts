import { Broadcast } from '@kilomega/database'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'

const channel = 'outbox_wake_up'

/** Rings in all processes within this time after the first of many, milliseconds. */
const coalesceMs = 5

/** Sent for many at once, so not within the call and the deadline of the first of them. */
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'wake-up' } })

/**
 * Tells relays that an outbox has something. Within this process at once; to the others by NOTIFY, sent after the commit and at most every 5 ms,
 * because a NOTIFY inside a transaction makes commits wait for each other. A ring that gets lost is made good by the relay's poll.
 */
@Injectable()
export class WakeUp implements BeforeApplicationShutdown {
  private readonly listeners = new Map<string, Set<() => void>>()
  private readonly pending = new Set<string>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly broadcast: Broadcast) {}

  ring(schema: string): void {
    this.wake(schema)
    this.pending.add(schema)
    this.timer ??= setTimeout(() => runCall(ownCall, () => this.send()), coalesceMs).unref()
  }

  listen(schema: string, wake: () => void): void {
    const listeners = this.listeners.get(schema) ?? new Set()
    this.listeners.set(schema, listeners.add(wake))
  }

  /** From now on the other processes' rings are heard too. */
  async start(): Promise<void> {
    await this.broadcast.listen(
      channel,
      (schema) => this.wake(schema),
      () => this.wakeAll(),
    )
  }

  private wake(schema: string): void {
    for (const wake of this.listeners.get(schema) ?? []) wake()
  }

  private wakeAll(): void {
    for (const schema of this.listeners.keys()) this.wake(schema)
  }

  /** Pools are about to close: what is not sent by now, other processes find by looking. */
  beforeApplicationShutdown(): void {
    clearTimeout(this.timer)
  }

  private send(): void {
    const schemas = [...this.pending]
    this.timer = undefined
    this.pending.clear()
    for (const schema of schemas) void this.broadcast.announce(channel, schema)
  }
}
