import { IdentityPort } from '@kilomega/contracts'
import { Signals } from '@kilomega/observability'
import { AppError } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { ZodError } from 'zod'
import { MailRefused, MailSender } from './drivers/mail-sender.js'
import { LetterComposer, type Recipient } from './letter-composer.js'
import { MailLedger, type OwedMail } from './mail-ledger.js'
import { mailActions } from './mail-words.js'

/** Sends one owed mail: asks who and where at the last moment, so that no address or token rests in a queue. */
@Injectable()
export class MailDelivery {
  constructor(
    private readonly ledger: MailLedger,
    private readonly identity: IdentityPort,
    private readonly composer: LetterComposer,
    private readonly sender: MailSender,
    private readonly signals: Signals,
  ) {}

  /** Rejects where another attempt may help and one is left to be made by the caller. */
  async deliver(mailId: string, lastAttempt: boolean): Promise<void> {
    const mail = await this.ledger.begin(mailId)
    if (mail === undefined) return
    try {
      await this.sender.send(this.composer.compose(mail, await this.recipient(mail)))
    } catch (error) {
      await this.failed(mail, asRefusal(error), lastAttempt)
      return
    }
    await this.ledger.sent(mailId)
  }

  private async recipient({ template, accountId }: OwedMail): Promise<Recipient> {
    const action = mailActions[template]
    const { email, name } = await this.identity.addressOf({ accountId })
    if (action === undefined) return { email, name }
    const { token } = await this.identity.oneTimeToken({ accountId, purpose: action.purpose })
    if (token === null) throw new MailRefused('TOKEN_GONE', true)
    return { email, name, token }
  }

  private async failed({ id, template }: OwedMail, refusal: MailRefused, lastAttempt: boolean): Promise<void> {
    const { code, permanent } = refusal
    if (!permanent && !lastAttempt) throw refusal
    await this.ledger.failed(id, code, permanent)
    this.signals.emit('notifications.mail-failed', { mailId: id, template, code })
    if (!permanent) throw refusal
  }
}

/** An error of others may quote an address or a token; only its code or its name goes on. */
function asRefusal(error: unknown): MailRefused {
  if (error instanceof MailRefused) return error
  if (error instanceof ZodError) return new MailRefused('ADDRESS_REFUSED', true)
  if (error instanceof AppError) return error.kind === 'missing' ? new MailRefused('ACCOUNT_GONE', true) : new MailRefused(error.code, false)
  return new MailRefused(error instanceof Error ? error.name : 'UNKNOWN', false)
}
