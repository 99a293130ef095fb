import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, type Relation } from 'typeorm'
import { Mail } from './mail.entity.js'

/** A mail that the mail server accepted. */
@Entity({ schema: 'notifications', name: 'mail_sent' })
export class MailSent {
  @PrimaryColumn('uuid', { name: 'mail_id' })
  mailId!: string

  @Column('timestamptz', { name: 'sent_at', default: () => 'now()' })
  sentAt!: Date

  @OneToOne(() => Mail, (mail) => mail.sent, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'mail_id', foreignKeyConstraintName: 'mail_sent_mail_id_fkey' })
  mail?: Relation<Mail>
}
