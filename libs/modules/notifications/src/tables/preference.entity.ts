import type { Preferences } from '@kilomega/contracts'
import { Column, Entity, PrimaryColumn } from 'typeorm'

/** The channels of an account that chose; the others have the defaults. A type that was added after the choice is missing. */
@Entity({ schema: 'notifications', name: 'preference' })
export class Preference {
  @PrimaryColumn('uuid', { name: 'account_id' })
  accountId!: string

  @Column('jsonb')
  channels!: Partial<Preferences>
}
