import { Broadcast, type Transaction } from '@kilomega/database'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Any, type FindOptionsWhere, Not, type Repository } from 'typeorm'
import { afterSeconds } from './database-time.js'
import { EndedSessions, sessionEndedChannel } from './ended-sessions.js'
import { lifetimesS } from './lifetimes.js'
import { EndedSession } from './tables/ended-session.entity.js'
import { Session } from './tables/session.entity.js'

/** Session ids in one message, 22 characters and a comma each: below the 8,000 bytes that NOTIFY allows. */
const idsPerMessage = 300

const expiresAt = afterSeconds(lifetimesS.endedSession)

/** Ends sessions: from then on no process accepts their refresh tokens or access tokens. */
@Injectable()
export class SessionEnding {
  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    @InjectRepository(EndedSession) private readonly endedSessions: Repository<EndedSession>,
    private readonly broadcast: Broadcast,
    private readonly ended: EndedSessions,
  ) {}

  /** Returns whether there was such a session. */
  async end(transaction: Transaction, id: string): Promise<boolean> {
    const { affected } = await this.sessions.delete({ id })
    if (affected === 0) return false
    await this.endedSessions.insert({ id, expiresAt })
    await this.announce(transaction, [id])
    return true
  }

  /** Ends all sessions of an account except one that may be kept. */
  async endAll(transaction: Transaction, accountId: string, keptSessionId?: string): Promise<void> {
    const ids = await this.copyToEnded({ accountId, ...(keptSessionId !== undefined && { id: Not(keptSessionId) }) })
    if (ids.length === 0) return
    await this.sessions.delete({ id: Any(ids) })
    await this.announce(transaction, ids)
  }

  /** Locks the sessions too, so that one that is ended elsewhere at the same moment is ended once. One statement for any number of them. */
  private async copyToEnded(where: FindOptionsWhere<Session>): Promise<string[]> {
    const inserting = this.endedSessions
      .createQueryBuilder()
      .insert()
      .into(EndedSession, ['id', 'expiresAt'])
      .valuesFromSelect((select) =>
        select.select('session.id').addSelect(expiresAt()).from(Session, 'session').where(where).setLock('pessimistic_write'),
      )
    const { raw } = await inserting.returning('id').execute()
    return (raw as { id: string }[]).map(({ id }) => id)
  }

  private async announce(transaction: Transaction, ids: readonly string[]): Promise<void> {
    for (let first = 0; first < ids.length; first += idsPerMessage) {
      await this.broadcast.send(transaction, sessionEndedChannel, ids.slice(first, first + idsPerMessage).join(','))
    }
    transaction.afterCommit(() => this.ended.remember(ids))
  }
}
