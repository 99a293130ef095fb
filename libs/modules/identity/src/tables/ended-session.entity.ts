import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A session that was ended, kept until the last of its access tokens has expired. */
@Entity({ schema: 'identity', name: 'ended_session' })
export class EndedSession {
  @PrimaryColumn('text')
  id!: string

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date
}
