import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A session: all refresh tokens and access tokens that came from one log-in. */
@Entity({ schema: 'identity', name: 'session' })
export class SessionRow {
  /** 128 random bits. */
  @PrimaryColumn('text')
  id!: string

  @Column('uuid', { name: 'account_id' })
  accountId!: string

  /** SHA-256 of the one refresh token that is valid now. */
  @Column('bytea', { name: 'refresh_hash' })
  refreshHash!: Buffer

  /** When its refresh token was last used; null if none was used since the log-in. */
  @Column('timestamptz', { name: 'refreshed_at', nullable: true })
  refreshedAt!: Date | null

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date
}
