import { Column, Entity, PrimaryColumn } from 'typeorm'

/**
 * Somebody wants an account under an address that is not confirmed yet. Each attempt is a row of its own, and its mail confirms what that row
 * says: who registers an address once more can neither change nor activate what others entered.
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
