import { rfc3339 } from '@kilomega/database'
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm'

/** An account, whose address is confirmed. Before that there is a registration, whose id the account takes over. */
@Entity({ schema: 'identity', name: 'account' })
@Unique('account_email_key', ['email'])
@Check('account_role_check', `role = ANY (ARRAY['user'::text, 'admin'::text])`)
@Index('account_admin', ['id'], { where: `role = 'admin'` })
export class Account {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' })
  id!: string

  /** As spelled by `normalEmail`. */
  @Column('text')
  email!: string

  @Column('text')
  name!: string

  /** Null for the operator, who has no password. Only read where it is selected by name. */
  @Column('text', { name: 'password_hash', nullable: true, select: false })
  passwordHash?: string | null

  @Column('text', { default: 'user' })
  role!: 'user' | 'admin'

  @Column({ type: 'timestamptz', name: 'created_at', transformer: rfc3339 })
  createdAt!: string

  /** When the account was disabled: from then on its owner cannot sign in. Null for all others. */
  @Column({ type: 'timestamptz', name: 'disabled_at', nullable: true, transformer: rfc3339 })
  disabledAt!: string | null
}
