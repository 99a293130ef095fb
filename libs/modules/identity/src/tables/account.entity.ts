import { Column, Entity, PrimaryColumn } from 'typeorm'

/** An account, whose address is confirmed. Before that there is a registration, whose id the account takes over. */
@Entity({ schema: 'identity', name: 'account' })
export class Account {
  @PrimaryColumn('uuid')
  id!: string

  /** As spelled by `normalEmail`; unique. */
  @Column('text')
  email!: string

  @Column('text')
  name!: string

  /** Null for the operator, who has no password. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash!: string | null

  @Column('text')
  role!: 'user' | 'admin'

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date

  /** When the account was disabled: from then on its owner cannot sign in. Null for all others. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt!: Date | null
}
