import { codeOf, Database } from '@kilomega/database'
import { Metrics } from '@kilomega/observability'
import { CurrentCall, originOf, portErrors, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import { insertEvents } from './insert-events.js'
import { keyOf, type StoredEvent } from './stored-event.js'

/** Events in one transaction: with more, answers take longer and the rows per second do not grow. */
const maxGroupEvents = 2_000
/** Events waiting for a transaction, over all callers: some 5 MB, and less than half a second of work. More are refused. */
const maxWaitingEvents = 20_000
/** Concurrent transactions: the second uses the time in which the first waits for the disk. */
const maxFlushes = 2
const flushTimeoutMs = 5_000

interface Entry {
  events: readonly StoredEvent[]
  /** Called after commit with the number of events that were duplicates. */
  resolve: (duplicates: number) => void
  reject: (error: unknown) => void
}

/**
 * Commits the events of many callers together. An idle writer starts at once; events that arrive while it is busy go into the next transaction, so
 * the group grows with the load and no caller ever waits for a timer.
 */
@Injectable()
export class EventWriter implements BeforeApplicationShutdown {
  private waiting: Entry[] = []
  private waitingEvents = 0
  private readonly flushes = new Set<Promise<void>>()

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    metrics.gauge(
      'analytics_waiting_events',
      `Events that wait for a transaction; at ${maxWaitingEvents} further ones are refused`,
      () => this.waitingEvents,
    )
  }

  /** Resolves after commit with the number of events that existed already or occurred twice. */
  write(events: readonly StoredEvent[]): Promise<number> {
    if (this.waitingEvents + events.length > maxWaitingEvents) return Promise.reject(portErrors.PORT_OVERLOADED({ retryAfterS: 1 }))
    return new Promise((resolve, reject) => {
      this.waiting.push({ events, resolve, reject })
      this.waitingEvents += events.length
      this.flush()
    })
  }

  async beforeApplicationShutdown(): Promise<void> {
    while (this.flushes.size > 0) await Promise.all(this.flushes)
  }

  private flush(): void {
    if (this.waiting.length === 0 || this.flushes.size >= maxFlushes) return
    const flushing = this.commit(this.nextGroup()).finally(() => {
      this.flushes.delete(flushing)
      this.flush()
    })
    this.flushes.add(flushing)
  }

  private nextGroup(): Entry[] {
    let size = 0
    let count = 0
    for (const { events } of this.waiting) {
      if (count > 0 && size + events.length > maxGroupEvents) break
      size += events.length
      count += 1
    }
    this.waitingEvents -= size
    return this.waiting.splice(0, count)
  }

  private async commit(group: readonly Entry[]): Promise<void> {
    try {
      const duplicates = await this.insert(group.map(({ events }) => events))
      group.forEach(({ resolve }, place) => resolve(duplicates[place]!))
    } catch (error) {
      if (group.length > 1 && isDataError(error)) await this.commitSingly(group)
      else for (const { reject } of group) reject(error)
    }
  }

  /** Postgres refused a row: only the caller that sent it gets the error. */
  private async commitSingly(group: readonly Entry[]): Promise<void> {
    for (const entry of group) await this.commit([entry])
  }

  /** Runs outside any caller's context: its deadline is not that of the caller that happened to start it. */
  private insert(calls: readonly (readonly StoredEvent[])[]): Promise<number[]> {
    const { fresh, senders, duplicates } = withoutRepeats(calls)
    const requestId = 'analytics.write-events'
    const deadlineMs = performance.now() + flushTimeoutMs
    const call = new CurrentCall({ actor: system, trace: { requestId }, deadlineMs, origin: originOf('task ' + requestId) })
    return runCall(call, () =>
      this.database.write(async (transaction) => {
        const found = [...duplicates]
        for (const place of await insertEvents(transaction, fresh)) found[senders[place]!]! += 1
        return found
      }),
    )
  }
}

/** Ordered by key, so that two transactions with the same events wait for each other instead of deadlocking. */
function withoutRepeats(calls: readonly (readonly StoredEvent[])[]) {
  const unique = new Map<string, { event: StoredEvent; sender: number }>()
  const duplicates = calls.map((events, sender) => {
    let repeats = 0
    for (const event of events) {
      const key = keyOf(event)
      if (unique.has(key)) repeats += 1
      else unique.set(key, { event, sender })
    }
    return repeats
  })
  const ordered = [...unique].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry)
  return { fresh: ordered.map(({ event }) => event), senders: ordered.map(({ sender }) => sender), duplicates }
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
const isDataError = (error: unknown): boolean => /^2[23]...$/.test(codeOf(error) ?? '')
