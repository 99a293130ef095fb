import { Column, Entity, PrimaryColumn } from 'typeorm'

/** Recent attempts at a rate-limited action. The key is a hash, so the row does not show whose attempts they are. */
@Entity({ schema: 'identity', name: 'attempt' })
export class Attempt {
  @PrimaryColumn('bytea')
  key!: Buffer

  /** Start times of passwords that are being compared. They are not failures, but the number at once is limited. */
  @Column('timestamptz', { name: 'begun_at', array: true, default: '{}' })
  begunAt!: Date[]

  /** Times of attempts, oldest first, never more than the limit allows. */
  @Column('timestamptz', { name: 'made_at', array: true })
  madeAt!: Date[]

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date
}
