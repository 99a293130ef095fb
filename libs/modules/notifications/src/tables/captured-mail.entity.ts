import { rfc3339 } from '@kilomega/database'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** A mail that was kept instead of sent, in development. It has the id of its row in `mail`. */
@Entity({ schema: 'notifications', name: 'captured_mail' })
@Index('captured_mail_newest', { synchronize: false })
export class CapturedMail {
  @PrimaryColumn('uuid')
  id!: string

  @Column('text', { name: 'recipient' })
  to!: string

  @Column('text', { name: 'sender' })
  from!: string

  @Column('text')
  subject!: string

  @Column('text')
  text!: string

  @Column('text')
  html!: string

  @Column('jsonb', { default: {} })
  headers!: Record<string, string>

  @Column({ type: 'timestamptz', name: 'sent_at', transformer: rfc3339 })
  sentAt!: string
}
