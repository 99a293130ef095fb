import { Column, Entity, PrimaryColumn } from 'typeorm'

/**
 * A request for an account under an address that is not confirmed yet. Each request is a row of its own, and its mail confirms the contents of that row:
 * registering an address again can neither change nor activate what others entered.
 */
@Entity({ schema: 'identity', name: 'registration' })
export class Registration {
  @PrimaryColumn('uuid')
  id!: string

  @Column('text')
  email!: string

  @Column('text')
  name!: string

  @Column('text', { name: 'password_hash' })
  passwordHash!: string

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date
}
