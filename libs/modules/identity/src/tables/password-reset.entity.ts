import { Column, Entity, PrimaryColumn } from 'typeorm'

/** Lets the owner of an address set a new password, once. */
@Entity({ schema: 'identity', name: 'password_reset' })
export class PasswordReset {
  @PrimaryColumn('uuid')
  id!: string

  @Column('uuid', { name: 'account_id' })
  accountId!: string

  /** When its event was published, so that a job that runs twice publishes it once. */
  @Column('timestamptz', { name: 'offered_at', nullable: true })
  offeredAt!: Date | null

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date
}
