import { Column, Entity, PrimaryColumn } from 'typeorm'

/** What somebody did lately of a thing that is limited. The key is a hash: who it was cannot be read here. */
@Entity({ schema: 'identity', name: 'attempt' })
export class Attempt {
  @PrimaryColumn('bytea')
  key!: Buffer

  /** Passwords that are being compared: no failures, but none too many of them at once. */
  @Column('timestamptz', { name: 'begun_at', array: true, default: '{}' })
  begunAt!: Date[]

  /** Oldest first, never more than the limit allows. */
  @Column('timestamptz', { name: 'made_at', array: true })
  madeAt!: Date[]

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date
}
