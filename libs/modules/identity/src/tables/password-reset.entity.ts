import { Column, Entity, PrimaryColumn } from 'typeorm'

/** The owner of an address may set a new password, once. */
@Entity({ schema: 'identity', name: 'password_reset' })
export class PasswordReset {
  @PrimaryColumn('uuid')
  id!: string

  @Column('uuid', { name: 'account_id' })
  accountId!: string

  /** When its event was told, so that a job which starts twice tells it once. */
  @Column('timestamptz', { name: 'offered_at', nullable: true })
  offeredAt!: Date | null

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date
}
