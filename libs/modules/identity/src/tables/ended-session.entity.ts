import { rfc3339 } from '@kilomega/database'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** A session that was ended, kept until the last of its access tokens has expired. */
@Entity({ schema: 'identity', name: 'ended_session' })
@Index('ended_session_expiry', ['expiresAt'])
export class EndedSession {
  @PrimaryColumn('text')
  id!: string

  @Column({ type: 'timestamptz', name: 'expires_at', transformer: rfc3339 })
  expiresAt!: string
}
