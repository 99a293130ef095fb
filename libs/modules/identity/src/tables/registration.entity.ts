import { rfc3339 } from '@kilomega/database'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/**
 * A request for an account under an address that is not confirmed yet. Each request is a row of its own, and its mail confirms the contents of that row:
 * registering an address again can neither change nor activate what others entered.
 */
@Entity({ schema: 'identity', name: 'registration' })
@Index('registration_email', ['email'])
@Index('registration_expiry', ['expiresAt'])
export class Registration {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' })
  id!: string

  @Column('text')
  email!: string

  @Column('text')
  name!: string

  /** Only read where it is selected by name. */
  @Column('text', { name: 'password_hash', select: false })
  passwordHash?: string

  @Column({ type: 'timestamptz', name: 'expires_at', transformer: rfc3339 })
  expiresAt!: string
}
