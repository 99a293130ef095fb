import { Broadcast, Database } from '@kilomega/database'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import { lifetimesS } from './lifetimes.js'
import { RecentIds } from './recent-ids.js'

/** Its messages are session ids with commas between. */
export const sessionEndedChannel = 'identity_session_ended'

/** After this time without a look at the table the next question has one made; milliseconds. */
const lookAfterMs = 300
/** After this time nobody gets an answer before it is made: an ended session is known everywhere within a second, whatever became of the message. */
export const trustMs = 800
const lookTimeoutMs = 1_000
/** How far a look goes back beyond the one before it: for transactions that took their time to commit. */
const overlapS = 60

/** A row is there for as long from its end on, so when it will go says when it came. All times are the database's. */
const endedSince = `
  SELECT now()::text AS at, ARRAY(
    SELECT id FROM identity.ended_session WHERE expires_at > $1::timestamptz + $2 * interval '1 s' AND expires_at > now()) AS ids`

/**
 * Which sessions were ended while access tokens of theirs are still good, in memory: told by the one who ended it within milliseconds, and made
 * sure of by the table, at most three small reads a second and none when nobody asks.
 */
@Injectable()
export class EndedSessions implements OnModuleInit, OnModuleDestroy {
  private readonly recent = new RecentIds()
  private lookedAt = '-infinity'
  private lookedAtMs = -Infinity
  private look: Promise<void> | undefined
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

  /** A promise only where the table has to be looked at first. */
  has(sessionId: string): boolean | Promise<boolean> {
    return this.hasAtOnce(sessionId) ?? this.hasAfterLook(sessionId)
  }

  /** Nothing where the table has to be looked at first. */
  hasAtOnce(sessionId: string): boolean | undefined {
    const ageMs = performance.now() - this.lookedAtMs
    if (ageMs > lookAfterMs) this.beginLook()
    return ageMs > trustMs ? undefined : this.recent.has(sessionId)
  }

  remember(ids: readonly string[]): void {
    const nowMs = performance.now()
    this.recent.add(ids, nowMs + lifetimesS.endedSession * 1_000, nowMs)
  }

  private async hasAfterLook(sessionId: string): Promise<boolean> {
    await this.look
    return this.recent.has(sessionId)
  }

  /** One for all who ask meanwhile, so it is a call of its own: nobody's deadline cuts it short for the others. */
  private beginLook(): void {
    const call = new CurrentCall({ actor: system, trace: { requestId: 'identity-ended-sessions' }, deadlineMs: performance.now() + lookTimeoutMs })
    this.look ??= runCall(call, () => this.lookAtTable()).finally(() => (this.look = undefined))
    // Who waits for it learns of a failure; when nobody does, the next look comes soon enough.
    this.look.catch(() => undefined)
  }

  private async lookAtTable(): Promise<void> {
    const begunAtMs = performance.now()
    const [look] = await this.database.read((queryable) =>
      queryable.query<{ at: string; ids: string[] }>(endedSince, [this.lookedAt, lifetimesS.endedSession - overlapS]),
    )
    this.remember(look!.ids)
    this.lookedAt = look!.at
    this.lookedAtMs = begunAtMs
  }
}
