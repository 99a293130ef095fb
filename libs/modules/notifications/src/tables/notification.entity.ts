import { rfc3339 } from '@kilomega/database'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import type { Notice } from '../notice-words.js'

/** A notice in the inbox of an account. Its text is made when it is read. Ids are UUIDv7, so they sort by time. */
@Entity({ schema: 'notifications', name: 'notification' })
@Index('notification_newest', { synchronize: false })
@Index('notification_unread', ['accountId'], { where: 'read_at IS NULL' })
export class Notification {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' })
  id!: string

  @Column('uuid', { name: 'account_id' })
  accountId!: string

  @Column('text')
  type!: Notice['type']

  @Column('uuid', { name: 'subject_id', nullable: true })
  subjectId!: string | null

  /** The error code, if something failed. */
  @Column('text', { nullable: true })
  reason!: string | null

  @Column({ type: 'timestamptz', name: 'created_at', transformer: rfc3339 })
  createdAt!: string

  @Column({ type: 'timestamptz', name: 'read_at', nullable: true, transformer: rfc3339 })
  readAt!: string | null
}
