import { rfc3339 } from '@kilomega/database'
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm'
import { Account } from './account.entity.js'

/** A session: all refresh tokens and access tokens that came from one log-in. */
@Entity({ schema: 'identity', name: 'session' })
@Index('session_account', ['accountId'])
@Index('session_expiry', ['expiresAt'])
export class Session {
  /** 128 random bits. */
  @PrimaryColumn('text')
  id!: string

  @Column('uuid', { name: 'account_id' })
  @ForeignKey(() => Account, { onDelete: 'CASCADE', name: 'session_account_id_fkey' })
  accountId!: string

  /** SHA-256 of the one refresh token that is valid now. */
  @Column('bytea', { name: 'refresh_hash' })
  refreshHash!: Buffer

  /** When its refresh token was last used; null if none was used since the log-in. */
  @Column({ type: 'timestamptz', name: 'refreshed_at', nullable: true, transformer: rfc3339 })
  refreshedAt!: string | null

  @Column({ type: 'timestamptz', name: 'expires_at', transformer: rfc3339 })
  expiresAt!: string
}
