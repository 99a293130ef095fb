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

/** In total below the 60 s that a job may take, so that a silent server causes an error and not a hanging job. In milliseconds. */
const defaultTimeouts = { dnsTimeout: 5_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }
/** Some servers close a connection after 100 mails; a new one costs up to three round trips. */
const mailsPerConnection = 100

/** Sends through an SMTP server over a few connections that stay open. */
export class SmtpMailSender extends MailSender {
  readonly recognisesRepeats: boolean
  private readonly transporter: Transporter
  private readonly international: InternationalMail
  private readonly from: { name: string; address: string }
  private readonly domain: string
  private readonly durations: Histogram

  constructor(config: NotificationsConfig, product: ProductConfig, metrics: Metrics, timeouts = defaultTimeouts) {
    super()
    // The queue retries: a retry here could send a mail twice within one attempt.
    const limits = { maxConnections: config.smtpConnections, maxMessages: mailsPerConnection, maxRequeues: 0 }
    this.transporter = createTransport({
      url: config.smtpUrl.reveal(),
      pool: true,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...limits,
      ...timeouts,
    } as Parameters<typeof createTransport>[0])
    this.transporter.use('stream', reportProgress as never)
    this.international = new InternationalMail(config.smtpUrl.reveal(), timeouts)
    this.recognisesRepeats = config.smtpRecognisesRepeats
    this.from = { name: product.name, address: config.fromAddress }
    this.durations = metrics.histogram('notifications_smtp_duration_ms', 'Mails handed to the mail server, by outcome', ['outcome'])
    this.domain = config.fromAddress.slice(config.fromAddress.lastIndexOf('@') + 1)
  }

  async send(letter: Letter, begin = async (): Promise<void> => {}): Promise<void> {
    const startedMs = performance.now()
    const progress: Progress = { begin: AsyncLocalStorage.bind(begin), stopped: undefined, dataSent: false }
    let outcome = 'refused'
    try {
      if (needsSmtpUtf8(letter.to) || needsSmtpUtf8(this.from.address)) await this.requireInternational()
      await this.transmit(letter, progress)
      outcome = 'taken'
    } catch (error) {
      throw error instanceof MailRefused ? error : (progress.stopped ?? smtpRefusal(error as SmtpError, progress.dataSent))
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

  private async transmit(letter: Letter, progress: Progress): Promise<void> {
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

/** How far sending a letter has got. */
interface Progress {
  begin: () => Promise<void>
  /** The error with which `begin` rejected. */
  stopped: Error | undefined
  /** Whether the last byte was read for sending; before that, no server can have accepted the mail. */
  dataSent: boolean
}

interface Outgoing {
  data: { progress: Progress }
  message: { processFunc(make: (bytes: Readable) => Readable): void }
}

/** The letter is read only after the server has answered DATA. A stream that reads ahead, as transforms do, would end before the server had seen anything. */
function reportProgress({ data, message }: Outgoing, done: () => void): void {
  message.processFunc((bytes) => Readable.from(watched(bytes, data.progress), { objectMode: false }))
  done()
}

async function* watched(bytes: Readable, progress: Progress): AsyncGenerator<Buffer> {
  try {
    await progress.begin()
  } catch (error) {
    progress.stopped = error as Error
    // A new error, because nodemailer modifies the error that it gets.
    throw new Error('the letter was held back', { cause: error })
  }
  yield* bytes as AsyncIterable<Buffer>
  progress.dataSent = true
}
