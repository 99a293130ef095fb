import { wholeNumber } from '@kilomega/database'
import { Column, Entity, PrimaryColumn } from 'typeorm'

/** How often an event happened on a day, and to how many visitors. */
@Entity({ schema: 'analytics', name: 'daily_stat' })
export class DailyStat {
  @PrimaryColumn('date')
  day!: string

  @PrimaryColumn('text')
  name!: string

  @Column({ type: 'bigint', transformer: wholeNumber })
  count!: number

  /** Distinct visitors. */
  @Column({ type: 'bigint', transformer: wholeNumber })
  users!: number
}
