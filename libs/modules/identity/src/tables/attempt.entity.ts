import { rfc3339 } from '@kilomega/database'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** Recent attempts at a rate-limited action. The key is a hash, so the row does not show whose attempts they are. */
@Entity({ schema: 'identity', name: 'attempt' })
@Index('attempt_expiry', ['expiresAt'])
export class Attempt {
  @PrimaryColumn('bytea')
  key!: Buffer

  /** Start times of passwords that are being compared. They are not failures, but the number at once is limited. */
  @Column('timestamptz', { name: 'begun_at', array: true, default: '{}' })
  begunAt!: string[]

  /** Times of attempts, oldest first, never more than the limit allows. */
  @Column('timestamptz', { name: 'made_at', array: true })
  madeAt!: string[]

  @Column({ type: 'timestamptz', name: 'expires_at', transformer: rfc3339 })
  expiresAt!: string
}
