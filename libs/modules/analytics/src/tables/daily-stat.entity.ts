import { Column, Entity, PrimaryColumn } from 'typeorm'

const asNumber = { from: Number, to: (count: number) => count }

/** How often an event happened on a day, and to how many visitors. */
@Entity({ schema: 'analytics', name: 'daily_stat' })
export class DailyStat {
  @PrimaryColumn('date')
  day!: string

  @PrimaryColumn('text')
  name!: string

  @Column('bigint', { transformer: asNumber })
  count!: number

  /** Distinct visitors. */
  @Column('bigint', { transformer: asNumber })
  users!: number
}
