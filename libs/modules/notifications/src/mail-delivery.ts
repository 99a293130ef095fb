import { IdentityPort } from '@kilomega/contracts'
import { AppError, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { UnrecoverableError } from 'bullmq'
import { ZodError } from 'zod'
import { MailOutcomeUnknown, MailRefused, MailSender, MailUnavailable } from './drivers/mail-sender.js'
import { keepTrying } from './keep-trying.js'
import { LetterComposer, type Recipient } from './letter-composer.js'
import { MailAttempts, type OwedMail, type Repeating, type SendingMail } from './mail-attempts.js'
import { MailRetries } from './mail-retries.js'
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
  /** Mails that this process is at. While the database is away, what became of them is known here alone. */
  private readonly inHand = new Set<string>()

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
   * A refusal that may pass has the mail tried again, by a job of its own. Rejects as `unavailable` where nobody could be given it, for good where its time is over, and
   * otherwise where the caller should come back.
   */
  async deliver(mailId: string): Promise<void> {
    if (this.inHand.has(mailId)) throw stillSending()
    this.inHand.add(mailId)
    try {
      await this.attempt(mailId)
    } finally {
      this.inHand.delete(mailId)
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
    if (again) return this.retries.ask(mail, retryAfterMs)
    if (!permanent) throw new UnrecoverableError(code)
  }
}

/** An error of others may quote an address or a token; only its code or its name goes on. */
function asRefusal(error: unknown): MailRefused {
  if (error instanceof MailRefused) return error
  if (error instanceof ZodError) return new MailRefused('ADDRESS_REFUSED', true)
  if (error instanceof AppError && error.kind === 'missing') return new MailRefused('ACCOUNT_GONE', true)
  if (error instanceof AppError) return error.kind === 'unavailable' ? new MailUnavailable(error.code) : new MailRefused(error.code, false)
  return new MailRefused(error instanceof Error ? error.name : 'UNKNOWN', false)
}
