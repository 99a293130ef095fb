import { IdentityPort } from '@kilomega/contracts'
import { AppError, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { UnrecoverableError } from 'bullmq'
import { ZodError } from 'zod'
import { MailOutcomeUnknown, MailRefused, MailSender, MailUnavailable } from './drivers/mail-sender.js'
import { keepTrying } from './keep-trying.js'
import { LetterComposer, type Recipient } from './letter-composer.js'
import { MailAttempts, type PendingMail, type Repeating, type SendingMail } from './mail-attempts.js'
import { MailRetries } from './mail-retries.js'
import { mailActions, mayBeSentTwice } from './mail-words.js'

/** Another run of the job is sending it, or was when its process died: this run is retried later. */
const stillSending = (): MailRefused => new MailRefused('ALREADY_SENDING', false)

const isSending = (error: unknown): boolean => error instanceof MailRefused && error.code === 'ALREADY_SENDING'

/** Another run of the job finished the mail while this one was waiting. */
class Overtaken extends Error {}

/** Sends one pending mail. Reads address and token at the last moment, so that neither is stored in a queue. */
@Injectable()
export class MailDelivery {
  private readonly repeating: Repeating
  /** Mails that this process is sending. While the database is away, only this process knows their outcomes. */
  private readonly delivering = new Set<string>()

  constructor(
    private readonly attempts: MailAttempts,
    private readonly retries: MailRetries,
    private readonly identity: IdentityPort,
    private readonly composer: LetterComposer,
    private readonly sender: MailSender,
  ) {
    this.repeating = { mayRepeat: (mail) => this.mayRepeat(mail), harmless: sender.recognisesRepeats }
  }

  /**
   * After a temporary refusal a new job retries the mail. Rejects as `unavailable` if no mail server could be reached, with `UnrecoverableError` if the time
   * for retries is over, and with another error if the caller should retry.
   */
  async deliver(mailId: string): Promise<void> {
    if (this.delivering.has(mailId)) throw stillSending()
    this.delivering.add(mailId)
    try {
      await this.attempt(mailId)
    } finally {
      this.delivering.delete(mailId)
    }
  }

  private async attempt(mailId: string): Promise<void> {
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
      const refusal = asRefusal(error)
      if (refusal instanceof MailUnavailable) return this.unavailable(mail, refusal)
      return keepTrying(() => this.failed(mail, refusal))
    }
    await keepTrying(() => this.attempts.sent(mail))
  }

  private async begin(mailId: string): Promise<SendingMail> {
    const mail = await this.attempts.begin(mailId, this.repeating)
    if (mail === 'sending') throw stillSending()
    if (typeof mail === 'string') throw new Overtaken()
    return mail
  }

  /** A mail that may have been sent is sent again if it may arrive twice, or if the sender recognises repeats. */
  private mayRepeat({ template }: PendingMail): boolean {
    return mayBeSentTwice(template) || this.sender.recognisesRepeats
  }

  private async recipient({ template, accountId }: PendingMail): Promise<Recipient> {
    const action = mailActions[template]
    const { email, name } = await this.identity.addressOf({ accountId })
    if (action === undefined) return { email, name }
    const { token } = await this.identity.oneTimeToken({ accountId, purpose: action.purpose })
    if (token === null) throw new MailRefused('TOKEN_GONE', true)
    return { email, name, token }
  }

  private async unavailable(mail: SendingMail, { code }: MailUnavailable): Promise<never> {
    if (mail.attempt !== undefined) await keepTrying(() => this.attempts.withdraw(mail))
    throw portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'mail', code })
  }

  private async failed(mail: SendingMail, refusal: MailRefused): Promise<void> {
    const isUnknown = refusal instanceof MailOutcomeUnknown
    if (isUnknown && (await this.attempts.unknown(mail, this.mayRepeat(mail)))) return
    const { code, permanent, retryAfterMs } = refusal
    const again = !permanent && (await this.retries.hasTime(mail.id))
    if (!isUnknown || !again) await this.attempts.failed(mail, code, again ? undefined : { permanent })
    if (again) return this.retries.schedule(mail, retryAfterMs)
    if (!permanent) throw new UnrecoverableError(code)
  }
}

/** Errors of other code may contain an address or a token, so only their code or name is kept. */
function asRefusal(error: unknown): MailRefused {
  if (error instanceof MailRefused) return error
  if (error instanceof ZodError) return new MailRefused('ADDRESS_REFUSED', true)
  if (error instanceof AppError && error.kind === 'missing') return new MailRefused('ACCOUNT_GONE', true)
  if (error instanceof AppError) return error.kind === 'unavailable' ? new MailUnavailable(error.code) : new MailRefused(error.code, false)
  return new MailRefused(error instanceof Error ? error.name : 'UNKNOWN', false)
}
