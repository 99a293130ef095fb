import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import type { ProductConfig } from '@kilomega/config'
import { type CapturedMail, needsSmtpUtf8 } from '@kilomega/contracts'
import type { Histogram, Metrics } from '@kilomega/observability'
import { createTransport, type Transporter } from 'nodemailer'
import type { NotificationsConfig } from '../notifications.config.js'
import { headersOf, type Letter, MailRefused, MailSender } from './mail-sender.js'
import { smtpRefusal, type SmtpError } from './smtp-refusal.js'
import { InternationalMail } from './international-mail.smtp.js'

/** Together below the 60 s that a job may take, so that a silent server ends as an error of ours and not as a job that hangs. */
const patience = { dnsTimeout: 5_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }
/** Some servers end a connection after 100 mails; a fresh one costs a round trip or three. */
const mailsPerConnection = 100

/** Sends through an SMTP server over a few connections that stay open. */
export class SmtpMailSender extends MailSender {
  readonly recognisesRepeats: boolean
  private readonly transporter: Transporter
  private readonly international: InternationalMail
  private readonly from: { name: string; address: string }
  private readonly domain: string
  private readonly durations: Histogram

  constructor(config: NotificationsConfig, product: ProductConfig, metrics: Metrics, timeouts = patience) {
    super()
    // Retries are the queue's: one here could send a mail twice within an attempt.
    const limits = { maxConnections: config.smtpConnections, maxMessages: mailsPerConnection, maxRequeues: 0 }
    this.transporter = createTransport({
      url: config.smtpUrl.reveal(),
      pool: true,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...limits,
      ...timeouts,
    } as Parameters<typeof createTransport>[0])
    this.transporter.use('stream', tellProgress as never)
    this.international = new InternationalMail(config.smtpUrl.reveal(), timeouts)
    this.recognisesRepeats = config.smtpRecognisesRepeats
    this.from = { name: product.name, address: config.fromAddress }
    this.durations = metrics.histogram('notifications_smtp_duration_ms', 'Mails handed to the mail server, by outcome', ['outcome'])
    this.domain = config.fromAddress.slice(config.fromAddress.lastIndexOf('@') + 1)
  }

  async send(letter: Letter, begin = async (): Promise<void> => {}): Promise<void> {
    const startedMs = performance.now()
    const progress: Progress = { begin: AsyncLocalStorage.bind(begin), stopped: undefined, handedOver: false }
    let outcome = 'refused'
    try {
      if (needsSmtpUtf8(letter.to) || needsSmtpUtf8(this.from.address)) await this.requireInternational()
      await this.hand(letter, progress)
      outcome = 'taken'
    } catch (error) {
      throw error instanceof MailRefused ? error : (progress.stopped ?? smtpRefusal(error as SmtpError, progress.handedOver))
    } finally {
      this.durations.observe(performance.now() - startedMs, outcome)
    }
  }

  async listCaptured(): Promise<CapturedMail[]> {
    return []
  }

  async onApplicationShutdown(): Promise<void> {
    this.transporter.close()
  }

  private async requireInternational(): Promise<void> {
    if (!(await this.international.isOffered())) throw new MailRefused('SMTPUTF8_NOT_OFFERED', true)
  }

  private async hand(letter: Letter, progress: Progress): Promise<void> {
    const { id, to, subject, text, html } = letter
    await this.transporter.sendMail({
      messageId: `<${id}@${this.domain}>`,
      from: this.from,
      to: { name: '', address: to },
      envelope: { from: this.from.address, to: [to] },
      subject,
      text,
      html,
      headers: headersOf(letter),
      progress,
    } as Parameters<Transporter['sendMail']>[0])
  }
}

/** How far a letter has come. */
interface Progress {
  begin: () => Promise<void>
  /** Why `begin` did not let it go on. */
  stopped: Error | undefined
  /** The last byte was read to be sent: before that no server can have taken it. */
  handedOver: boolean
}

interface Outgoing {
  data: { progress: Progress }
  message: { processFunc(make: (bytes: Readable) => Readable): void }
}

/** The letter is read when the server has answered DATA: a stream that is read ahead, as transforms are, would be at its end before the server knew of it. */
function tellProgress({ data, message }: Outgoing, done: () => void): void {
  message.processFunc((bytes) => Readable.from(watched(bytes, data.progress), { objectMode: false }))
  done()
}

async function* watched(bytes: Readable, progress: Progress): AsyncGenerator<Buffer> {
  try {
    await progress.begin()
  } catch (error) {
    progress.stopped = error as Error
    // Another one, because the sender writes into what it is given.
    throw new Error('the letter was held back', { cause: error })
  }
  yield* bytes as AsyncIterable<Buffer>
  progress.handedOver = true
}
