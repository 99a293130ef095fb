import { Broadcast, type Transaction } from '@kilomega/database'
import { Injectable } from '@nestjs/common'
import { EndedSessions, sessionEndedChannel } from './ended-sessions.js'
import { lifetimesS } from './lifetimes.js'

/** Session ids in one message, 22 characters and a comma each: below the 8,000 bytes that NOTIFY allows. */
const idsPerMessage = 300

const endOne = `
  WITH ended AS (DELETE FROM identity.session WHERE id = $1 RETURNING id)
  INSERT INTO identity.ended_session (id, expires_at) SELECT id, now() + $2 * interval '1 s' FROM ended RETURNING id`

const endAll = `
  WITH ended AS (DELETE FROM identity.session WHERE account_id = $1 AND id IS DISTINCT FROM $2 RETURNING id)
  INSERT INTO identity.ended_session (id, expires_at) SELECT id, now() + $3 * interval '1 s' FROM ended RETURNING id`

/** Ends sessions: from then on no process accepts their refresh tokens or access tokens. */
@Injectable()
export class SessionEnding {
  constructor(
    private readonly broadcast: Broadcast,
    private readonly ended: EndedSessions,
  ) {}

  /** Returns whether there was such a session. */
  async end(transaction: Transaction, sessionId: string): Promise<boolean> {
    const rows = await transaction.query<{ id: string }>(endOne, [sessionId, lifetimesS.endedSession])
    await this.announce(transaction, rows)
    return rows.length > 0
  }

  /** Ends all sessions of an account except one that may be kept. */
  async endAll(transaction: Transaction, accountId: string, keptSessionId?: string): Promise<void> {
    const rows = await transaction.query<{ id: string }>(endAll, [accountId, keptSessionId ?? null, lifetimesS.endedSession])
    await this.announce(transaction, rows)
  }

  private async announce(transaction: Transaction, rows: readonly { id: string }[]): Promise<void> {
    const ids = rows.map(({ id }) => id)
    for (let first = 0; first < ids.length; first += idsPerMessage) {
      await this.broadcast.send(transaction, sessionEndedChannel, ids.slice(first, first + idsPerMessage).join(','))
    }
    transaction.afterCommit(() => this.ended.remember(ids))
  }
}
