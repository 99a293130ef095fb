import { Broadcast, Database } from '@kilomega/database'
import { CurrentCall, originOf, runCall, system } from '@kilomega/ports'
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import { lifetimesS } from './lifetimes.js'
import { RecentIds } from './recent-ids.js'

/** Its messages are session ids separated by commas. */
export const sessionEndedChannel = 'identity_session_ended'

/** Age of the data in memory, in milliseconds, from which the next call starts a refresh from the table. */
const refreshAfterMs = 300
/** Age from which answers wait for the refresh, in milliseconds: an ended session is known everywhere within a second, even if the message was lost. */
export const trustMs = 800
const refreshTimeoutMs = 1_000
/** How far a refresh reads back beyond the previous one, for transactions that were slow to commit. */
const overlapS = 60

/**
 * Every row is kept for the same time, so the time at which it expires shows when it was written. All times are the database's. By hand because the time is
 * needed also if there are no rows: one statement takes 0.12 ms, time and rows as two take 0.28 ms (median of 1,500 on the loopback), three times a second.
 */
const endedSince = `
  SELECT now()::text AS at, ARRAY(
    SELECT id FROM identity.ended_session WHERE expires_at > $1::timestamptz + $2 * interval '1 s' AND expires_at > now()) AS ids`

/**
 * The sessions that were ended while their access tokens are still valid, in memory. The process that ends a session notifies all others within milliseconds;
 * the table makes sure of it, by at most three small reads a second, and none when there are no calls.
 */
@Injectable()
export class EndedSessions implements OnModuleInit, OnModuleDestroy {
  private readonly recent = new RecentIds()
  private refreshedAt = '-infinity'
  private refreshedAtMs = -Infinity
  private refresh: Promise<void> | undefined
  private stopListening = (): void => undefined

  constructor(
    private readonly database: Database,
    private readonly broadcast: Broadcast,
  ) {}

  async onModuleInit(): Promise<void> {
    this.stopListening = await this.broadcast.listen(sessionEndedChannel, (ids) => this.remember(ids.split(',')))
  }

  onModuleDestroy(): void {
    this.stopListening()
  }

  /** Returns a promise only if the table has to be read first. */
  has(sessionId: string): boolean | Promise<boolean> {
    return this.hasAtOnce(sessionId) ?? this.hasAfterRefresh(sessionId)
  }

  /** Undefined if the table has to be read first. */
  hasAtOnce(sessionId: string): boolean | undefined {
    const ageMs = performance.now() - this.refreshedAtMs
    if (ageMs > refreshAfterMs) this.startRefresh()
    return ageMs > trustMs ? undefined : this.recent.has(sessionId)
  }

  remember(ids: readonly string[]): void {
    const nowMs = performance.now()
    this.recent.add(ids, nowMs + lifetimesS.endedSession * 1_000, nowMs)
  }

  private async hasAfterRefresh(sessionId: string): Promise<boolean> {
    await this.refresh
    return this.recent.has(sessionId)
  }

  /** One refresh serves all callers that wait for it, so it runs in a call of its own: no caller's deadline cuts it short for the others. */
  private startRefresh(): void {
    const origin = originOf('task identity.refresh-ended-sessions')
    const deadlineMs = performance.now() + refreshTimeoutMs
    const call = new CurrentCall({ actor: system, trace: { requestId: 'identity-ended-sessions' }, deadlineMs, origin })
    this.refresh ??= runCall(call, () => this.readTable()).finally(() => (this.refresh = undefined))
    // Callers that wait for it get the error; without any, the next refresh comes soon enough.
    this.refresh.catch(() => undefined)
  }

  private async readTable(): Promise<void> {
    const startedAtMs = performance.now()
    const [read] = await this.database.read((queryable) =>
      queryable.query<{ at: string; ids: string[] }>(endedSince, [this.refreshedAt, lifetimesS.endedSession - overlapS]),
    )
    this.remember(read!.ids)
    this.refreshedAt = read!.at
    this.refreshedAtMs = startedAtMs
  }
}
