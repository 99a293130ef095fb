import { IdentityPort } from '@kilomega/contracts'
import { Signals } from '@kilomega/observability'
import { AppError } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { ZodError } from 'zod'
import { MailOutcomeUnknown, MailRefused, MailSender } from './drivers/mail-sender.js'
import { LetterComposer, type Recipient } from './letter-composer.js'
import { MailAttempts, type OwedMail, type Repeating, type SendingMail } from './mail-attempts.js'
import { mailActions, mayComeTwice } from './mail-words.js'

/** Another start of the job is at it, or was when its process died: it is looked at again later. */
const stillSending = (): MailRefused => new MailRefused('ALREADY_SENDING', false)

const isSending = (error: unknown): boolean => error instanceof MailRefused && error.code === 'ALREADY_SENDING'

/** Another start of the job has done it while this one waited for its turn. */
class Overtaken extends Error {}

/** Sends one owed mail: asks who and where at the last moment, so that no address or token rests in a queue. */
@Injectable()
export class MailDelivery {
  private readonly repeating: Repeating

  constructor(
    private readonly attempts: MailAttempts,
    private readonly identity: IdentityPort,
    private readonly composer: LetterComposer,
    private readonly sender: MailSender,
    private readonly signals: Signals,
  ) {
    this.repeating = { mayRepeat: (mail) => this.mayRepeat(mail), harmless: sender.recognisesRepeats }
  }

  /** Rejects where another attempt may help and one is left to be made by the caller. */
  async deliver(mailId: string, lastAttempt: boolean): Promise<void> {
    const found = await this.attempts.find(mailId, this.repeating)
    if (found === 'sending') throw stillSending()
    if (typeof found === 'string') return
    let mail: SendingMail = found
    try {
      await this.sender.send(this.composer.compose(mail, await this.recipient(mail)), async () => {
        mail = await this.begin(mailId)
      })
    } catch (error) {
      if (error instanceof Overtaken) return
      if (isSending(error)) throw error
      return this.failed(mail, asRefusal(error), lastAttempt)
    }
    await this.attempts.sent(mail)
  }

  private async begin(mailId: string): Promise<SendingMail> {
    const mail = await this.attempts.begin(mailId, this.repeating)
    if (mail === 'sending') throw stillSending()
    if (typeof mail === 'string') throw new Overtaken()
    return mail
  }

  /** A mail that may have left is sent again where it may come twice, or where it cannot. */
  private mayRepeat({ template }: OwedMail): boolean {
    return mayComeTwice(template) || this.sender.recognisesRepeats
  }

  private async recipient({ template, accountId }: OwedMail): Promise<Recipient> {
    const action = mailActions[template]
    const { email, name } = await this.identity.addressOf({ accountId })
    if (action === undefined) return { email, name }
    const { token } = await this.identity.oneTimeToken({ accountId, purpose: action.purpose })
    if (token === null) throw new MailRefused('TOKEN_GONE', true)
    return { email, name, token }
  }

  private async failed(mail: SendingMail, refusal: MailRefused, lastAttempt: boolean): Promise<void> {
    const { code, permanent } = refusal
    if (refusal instanceof MailOutcomeUnknown && (await this.attempts.unknown(mail, this.mayRepeat(mail)))) return
    const givesUp = permanent || lastAttempt
    if (!(refusal instanceof MailOutcomeUnknown) || givesUp) await this.attempts.failed(mail, code, givesUp ? { permanent } : undefined)
    if (givesUp) this.signals.emit('notifications.mail-failed', { mailId: mail.id, template: mail.template, code })
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
