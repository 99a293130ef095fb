import { rfc3339 } from '@kilomega/database'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** An event of a visitor, in the partition of its month (UTC). A repeat has the same id and the same time. */
@Entity({ schema: 'analytics', name: 'event' })
@Index('event_time', { synchronize: false })
export class Event {
  @PrimaryColumn('uuid')
  id!: string

  @PrimaryColumn('timestamptz', { name: 'occurred_at', transformer: rfc3339 })
  occurredAt!: string

  @Column('text')
  name!: string

  @Column('text')
  visitor!: string

  @Column('jsonb', { nullable: true })
  properties!: object | null
}
