import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

/** A day that received events since it was rolled up, one row per write: rows are only added and removed, so that no writer waits for another. */
@Entity({ schema: 'analytics', name: 'changed_day' })
export class ChangedDay {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string

  @Column('date')
  day!: string
}
