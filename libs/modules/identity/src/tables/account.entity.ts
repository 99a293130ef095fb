import { Column, Entity, PrimaryColumn } from 'typeorm'

/** Somebody whose address is confirmed. Before that there is a registration, whose id the account takes over. */
@Entity({ schema: 'identity', name: 'account' })
export class Account {
  @PrimaryColumn('uuid')
  id!: string

  /** In the one spelling of `normalEmail`; unique. */
  @Column('text')
  email!: string

  @Column('text')
  name!: string

  /** The operator has none. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash!: string | null

  @Column('text')
  role!: 'user' | 'admin'

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date

  /** Since when nobody may sign in; null as a rule. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt!: Date | null
}
