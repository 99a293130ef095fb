import { rfc3339 } from '@kilomega/database'
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm'
import { Account } from './account.entity.js'

/** Lets the owner of an address set a new password, once. */
@Entity({ schema: 'identity', name: 'password_reset' })
@Index('password_reset_account', ['accountId', 'id'])
@Index('password_reset_expiry', ['expiresAt'])
export class PasswordReset {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' })
  id!: string

  @Column('uuid', { name: 'account_id' })
  @ForeignKey(() => Account, { onDelete: 'CASCADE', name: 'password_reset_account_id_fkey' })
  accountId!: string

  /** When its event was published, so that a job that runs twice publishes it once. */
  @Column({ type: 'timestamptz', name: 'offered_at', nullable: true, transformer: rfc3339 })
  offeredAt!: string | null

  @Column({ type: 'timestamptz', name: 'expires_at', transformer: rfc3339 })
  expiresAt!: string
}
