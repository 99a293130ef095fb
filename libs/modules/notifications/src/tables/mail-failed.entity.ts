import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, type Relation } from 'typeorm'
import { Mail } from './mail.entity.js'

/** A mail that was given up, with a code that says why. */
@Entity({ schema: 'notifications', name: 'mail_failed' })
export class MailFailed {
  @PrimaryColumn('uuid', { name: 'mail_id' })
  mailId!: string

  @Column('text')
  code!: string

  /** If not, repeating the job tries again. */
  @Column('boolean')
  permanent!: boolean

  @Column('timestamptz', { name: 'failed_at', default: () => 'now()' })
  failedAt!: Date

  @OneToOne(() => Mail, (mail) => mail.failed, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'mail_id', foreignKeyConstraintName: 'mail_failed_mail_id_fkey' })
  mail?: Relation<Mail>
}
