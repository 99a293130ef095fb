import { type AnyPort, type AppError, type Cancellation, type Envelope, portErrors, type Reply, type Transport } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { createInbox } from '@nats-io/transport-node'
import { NatsConfig } from './nats.config.js'
import { NatsLink } from './nats-link.js'
import { ReplyInbox } from './reply-inbox.js'
import { SignedContexts } from './signed-context.js'
import { cancelSubject, inboxPrefix, portSubject } from './subjects.js'
import { decodeReply, encodeCall } from './wire.js'

/** The way to ports that other processes answer. */
@Injectable()
export class RemotePorts {
  readonly contexts: SignedContexts | undefined
  private inbox: ReplyInbox | undefined

  constructor(
    private readonly link: NatsLink,
    { trustedKeys }: NatsConfig,
  ) {
    const { key } = link
    if (key === undefined) return
    this.contexts = new SignedContexts(key, trustedKeys)
    // Instances of a service have one key and so one prefix: each takes an inbox of its own there, or they would hear each other's replies.
    link.whenOpen((connection) => (this.inbox = new ReplyInbox(connection, createInbox(inboxPrefix(key.publicKey)))))
    link.whenLost(() => this.inbox?.failAll(portErrors.DEPENDENCY_UNAVAILABLE()))
  }

  /** Rejects with `DEPENDENCY_UNAVAILABLE` within milliseconds where nobody answers the port or NATS is away, and sends nothing that is too large. */
  transportTo({ portName }: AnyPort): Transport {
    const subject = portSubject(portName)
    const cancel = (replySubject: string): void => this.link.connection?.publish(cancelSubject(portName), replySubject)
    return (envelope, cancellation) => this.send(subject, envelope, cancellation, cancel)
  }

  private async send(subject: string, envelope: Envelope, cancellation: Cancellation | undefined, cancel: (reply: string) => void): Promise<Reply> {
    if (this.link.connection === undefined || this.inbox === undefined) throw unavailable()
    return decodeReply(await this.inbox.request(subject, encodeCall(envelope, this.contexts!), cancellation, cancel))
  }
}

const unavailable = (): AppError => portErrors.DEPENDENCY_UNAVAILABLE()
