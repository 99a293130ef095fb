import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { Mail } from './mail.entity.js'

/**
 * An attempt to send a mail, written before any of the mail is sent. One that has no outcome when its lease expires may have sent the mail; no lease counts as
 * an expired one.
 */
@Entity({ schema: 'notifications', name: 'mail_attempt' })
@Check('mail_attempt_outcome_check', "outcome IN ('sent', 'failed', 'unknown')")
export class MailAttempt {
  @PrimaryColumn('uuid', { name: 'mail_id' })
  mailId!: string

  /** From 1. */
  @PrimaryColumn('integer')
  attempt!: number

  @Column('timestamptz', { name: 'started_at', default: () => 'now()' })
  startedAt!: Date

  @Column('timestamptz', { name: 'leased_until', nullable: true })
  leasedUntil!: Date | null

  /** `unknown`: the mail may or may not have been sent. */
  @Column('text', { nullable: true })
  outcome!: 'sent' | 'failed' | 'unknown' | null

  @ManyToOne(() => Mail, (mail) => mail.attempts, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'mail_id', foreignKeyConstraintName: 'mail_attempt_mail_id_fkey' })
  mail?: Relation<Mail>
}
