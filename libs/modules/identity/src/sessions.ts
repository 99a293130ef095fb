import { randomBytes } from 'node:crypto'
import { identityErrors, type Principal, type Session } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { Bearers } from './bearers.js'
import { RefreshTokenReused } from './identity.signals.js'
import { lifetimesS } from './lifetimes.js'
import type { ProvedAccount } from './passwords.js'
import { RefreshTokens } from './refresh-tokens.js'
import { SessionEnding } from './session-ending.js'

/** FOR SHARE waits for a transaction that is setting a new password or disabling the account, so that no log-in succeeds after it. */
const begin = `
  WITH proved AS (
    SELECT id, role FROM identity.account WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL FOR SHARE
  ), begun AS (
    INSERT INTO identity.session (id, account_id, refresh_hash, expires_at) SELECT $3, id, $4, now() + $5 * interval '1 s' FROM proved RETURNING account_id
  )
  SELECT proved.role FROM proved, begun`

/**
 * Of several calls with the same token one finds its hash. The others wait for the row and then find the hash of the next token: repeating a token that was
 * just used changes nothing, and gets the same answer. A time too far in the future was written by a wrong clock, and does not count as just now.
 */
const rotate = `
  UPDATE identity.session SET refresh_hash = $3, expires_at = now() + $4 * interval '1 s',
    refreshed_at = CASE WHEN refresh_hash = $2 THEN now() ELSE refreshed_at END
  FROM identity.account
  WHERE session.id = $1 AND expires_at > now() AND account.id = session.account_id
    AND (refresh_hash = $2 OR refresh_hash = $3 AND refreshed_at BETWEEN now() - $5 * interval '1 s' AND now() + $5 * interval '1 s')
  RETURNING account.id, account.role`

/** A session starts with a log-in, continues by refresh tokens that can each be used once, and ends for all of its tokens together. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly bearers: Bearers,
    private readonly refreshTokens: RefreshTokens,
    private readonly ending: SessionEnding,
    private readonly signals: Signals,
  ) {}

  async begin({ id, passwordHash }: ProvedAccount): Promise<Session> {
    const sessionId = randomBytes(16).toString('base64url')
    const { token, hash } = this.refreshTokens.first(sessionId)
    const [account] = await this.database.write((transaction) =>
      transaction.query<Pick<Principal, 'role'>>(begin, [id, passwordHash, sessionId, hash, lifetimesS.refreshToken]),
    )
    if (account === undefined) throw identityErrors.INVALID_CREDENTIALS()
    return this.answer({ id, role: account.role, sessionId }, token)
  }

  /**
   * Exchanges a refresh token for a new one, with the account's current role; a repeat within 10 s gets the same. After that a used token ends the session,
   * because one of its two holders stole it.
   */
  async refresh(refreshToken: string): Promise<Session> {
    const used = this.refreshTokens.read(refreshToken)
    if (used === undefined) throw identityErrors.SESSION_ENDED()
    const { sessionId, hash } = used
    const next = this.refreshTokens.next(sessionId, refreshToken)
    const [account] = await this.database.write((transaction) =>
      transaction.query<Pick<Principal, 'id' | 'role'>>(rotate, [sessionId, hash, next.hash, lifetimesS.refreshToken, lifetimesS.refreshGrace]),
    )
    if (account === undefined) return this.refuse(sessionId)
    return this.answer({ ...account, sessionId }, next.token)
  }

  async end(sessionId: string): Promise<void> {
    await this.database.write((transaction) => this.ending.end(transaction, sessionId))
  }

  authenticate(token: string): Principal | Promise<Principal> {
    return this.bearers.authenticate(token)
  }

  publicKeys() {
    return this.bearers.publicKeys()
  }

  private async refuse(sessionId: string): Promise<never> {
    const ended = await this.database.write((transaction) => this.ending.end(transaction, sessionId))
    if (ended) this.signals.emit(RefreshTokenReused, { sessionId })
    throw identityErrors.SESSION_ENDED()
  }

  private async answer(principal: Principal, refreshToken: string): Promise<Session> {
    const accessToken = await this.bearers.issue(principal)
    return { accessToken, expiresInS: lifetimesS.accessToken, refreshToken, refreshExpiresInS: lifetimesS.refreshToken }
  }
}
