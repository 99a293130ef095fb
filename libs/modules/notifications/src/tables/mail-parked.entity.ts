import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, type Relation } from 'typeorm'
import { Mail } from './mail.entity.js'

/** A mail that may have been sent and must not be sent twice: an operator may decide. */
@Entity({ schema: 'notifications', name: 'mail_parked' })
export class MailParked {
  @PrimaryColumn('uuid', { name: 'mail_id' })
  mailId!: string

  @Column('timestamptz', { name: 'parked_at', default: () => 'now()' })
  parkedAt!: Date

  @OneToOne(() => Mail, (mail) => mail.parked, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'mail_id', foreignKeyConstraintName: 'mail_parked_mail_id_fkey' })
  mail?: Relation<Mail>
}
