import { randomUUID } from 'node:crypto'
import { Broadcast } from '@kilomega/database'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'

const channel = 'outbox_ring'

/** Notifications to other processes are collected for this long after the first one, in milliseconds. */
const coalesceMs = 5

/** A notification is sent for many changes at once, so it does not run within the call and the deadline of the first of them. */
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'wake-up' } })

interface Listener {
  /** If undefined, the listener is for the whole outbox. */
  eventName: string | undefined
  wake: () => void
}

/**
 * Notifies relays that an outbox has new rows. Within this process it does so at once. Other processes get a NOTIFY, sent after the commit and at most every 5 ms,
 * because a NOTIFY inside a transaction makes commits wait for each other. If a notification is lost, the relay's poll finds the rows.
 */
@Injectable()
export class WakeUp implements BeforeApplicationShutdown {
  /** Identifies this process, because its own notifications come back to it. */
  private readonly origin = randomUUID()
  private readonly listeners = new Map<string, Set<Listener>>()
  private readonly pending = new Set<string>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly broadcast: Broadcast) {}

  /** Wakes the listeners for that event; without an event, all listeners for the outbox. */
  notify(schema: string, eventName?: string): void {
    this.wake(schema, eventName)
    this.pending.add(eventName === undefined ? schema : `${schema} ${eventName}`)
    this.timer ??= setTimeout(() => runCall(ownCall, () => this.send()), coalesceMs).unref()
  }

  /** Calls `wake` at each notification for that event or for the whole outbox; without an event, at every notification. */
  listen(schema: string, wake: () => void, eventName?: string): void {
    const listeners = this.listeners.get(schema) ?? new Set()
    this.listeners.set(schema, listeners.add({ eventName, wake }))
  }

  /** From now on, notifications of other processes are received too. */
  async start(): Promise<void> {
    await this.broadcast.listen(
      channel,
      (text) => this.receive(text),
      () => this.wakeAll(),
    )
  }

  private receive(text: string): void {
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

  /** Pools are about to close. Rows whose notification has not been sent yet are found by the polls of other processes. */
  beforeApplicationShutdown(): void {
    clearTimeout(this.timer)
  }

  private send(): void {
    const notifications = [...this.pending]
    this.timer = undefined
    this.pending.clear()
    for (const notification of notifications) void this.broadcast.announce(channel, `${this.origin} ${notification}`)
  }
}
