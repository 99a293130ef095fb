import { randomUUID } from 'node:crypto'
import { Broadcast } from '@kilomega/database'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'

const channel = 'outbox_ring'

/** Rings in all processes within this time after the first of many, milliseconds. */
const coalesceMs = 5

/** Sent for many at once, so not within the call and the deadline of the first of them. */
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'wake-up' } })

interface Listener {
  /** All of the outbox where it is absent. */
  eventName: string | undefined
  wake: () => void
}

/**
 * Tells relays that an outbox has something. Within this process at once; to the others by NOTIFY, sent after the commit and at most every 5 ms,
 * because a NOTIFY inside a transaction makes commits wait for each other. A ring that gets lost is made good by the relay's poll.
 */
@Injectable()
export class WakeUp implements BeforeApplicationShutdown {
  /** What this process rings itself comes back to it as well. */
  private readonly origin = randomUUID()
  private readonly listeners = new Map<string, Set<Listener>>()
  private readonly pending = new Set<string>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly broadcast: Broadcast) {}

  /** For whoever hears that event; for everybody with something to do with the outbox where none is named. */
  ring(schema: string, eventName?: string): void {
    this.wake(schema, eventName)
    this.pending.add(eventName === undefined ? schema : `${schema} ${eventName}`)
    this.timer ??= setTimeout(() => runCall(ownCall, () => this.send()), coalesceMs).unref()
  }

  /** Calls back at each ring for that event, and for all of the outbox; at every ring where no event is named. */
  listen(schema: string, wake: () => void, eventName?: string): void {
    const listeners = this.listeners.get(schema) ?? new Set()
    this.listeners.set(schema, listeners.add({ eventName, wake }))
  }

  /** From now on the other processes' rings are heard too. */
  async start(): Promise<void> {
    await this.broadcast.listen(
      channel,
      (text) => this.hear(text),
      () => this.wakeAll(),
    )
  }

  private hear(text: string): void {
    const [origin, schema, eventName] = text.split(' ')
    if (origin !== this.origin && schema !== undefined) this.wake(schema, eventName)
  }

  private wake(schema: string, eventName: string | undefined): void {
    for (const listener of this.listeners.get(schema) ?? []) {
      if (eventName === undefined || listener.eventName === undefined || listener.eventName === eventName) listener.wake()
    }
  }

  private wakeAll(): void {
    for (const schema of this.listeners.keys()) this.wake(schema, undefined)
  }

  /** Pools are about to close: what is not sent by now, other processes find by looking. */
  beforeApplicationShutdown(): void {
    clearTimeout(this.timer)
  }

  private send(): void {
    const rings = [...this.pending]
    this.timer = undefined
    this.pending.clear()
    for (const ring of rings) void this.broadcast.announce(channel, `${this.origin} ${ring}`)
  }
}
