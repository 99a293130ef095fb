import { Column, Entity, Index, OneToMany, OneToOne, PrimaryColumn, type Relation, Unique } from 'typeorm'
import type { MailTemplate } from '../mail-words.js'
import { MailAttempt } from './mail-attempt.entity.js'
import { MailFailed } from './mail-failed.entity.js'
import { MailParked } from './mail-parked.entity.js'
import { MailSent } from './mail-sent.entity.js'

/**
 * A mail to be sent: one for each event, template and account, however often the event is delivered. It contains no address and no text, and is kept as long
 * as its account: unsubscribing relies on that.
 */
@Entity({ schema: 'notifications', name: 'mail' })
@Unique('mail_event_id_template_account_id_key', ['eventId', 'template', 'accountId'])
@Index('mail_of_account', ['accountId', 'template', 'createdAt'])
export class Mail {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' })
  id!: string

  @Column('uuid', { name: 'event_id' })
  eventId!: string

  @Column('text')
  template!: MailTemplate

  @Column('uuid', { name: 'account_id' })
  accountId!: string

  /** The error code, if the mail is about a failure. */
  @Column('text', { nullable: true })
  reason!: string | null

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date

  @OneToMany(() => MailAttempt, (attempt) => attempt.mail)
  attempts?: Relation<MailAttempt>[]

  @OneToOne(() => MailSent, (outcome) => outcome.mail)
  sent?: Relation<MailSent> | null

  @OneToOne(() => MailParked, (outcome) => outcome.mail)
  parked?: Relation<MailParked> | null

  @OneToOne(() => MailFailed, (outcome) => outcome.mail)
  failed?: Relation<MailFailed> | null
}
