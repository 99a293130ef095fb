import { randomBytes } from 'node:crypto'
import { type AnyPort, Cancellation, type Envelope, portErrors, type Reply, type Transport } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import type { NatsConnection } from '@nats-io/transport-node'
import { NatsConfig } from './nats.config.js'
import { NatsLink } from './nats-link.js'
import { ReplyInbox } from './reply-inbox.js'
import { SignedContexts } from './signed-context.js'
import { cancelSubject, inboxPrefix, portSubject } from './subjects.js'
import { encodeCall } from './wire.js'

/** Who answers says at the deadline that it is over; this is for a reply that never comes, milliseconds. */
const graceMs = 1_000
/** Node's timers take no more: a longer one would ring at once. */
const longestTimerMs = 2 ** 31 - 1

/** The way to ports that other processes answer. */
@Injectable()
export class RemotePorts {
  readonly contexts: SignedContexts | undefined
  private readonly inboxes = new Map<string, ReplyInbox>()

  constructor(
    private readonly link: NatsLink,
    { trustedKeys }: NatsConfig,
  ) {
    const { key } = link
    if (key === undefined) return
    this.contexts = new SignedContexts(key, trustedKeys, Date.now, link.clocks)
    link.whenLost(() => this.inboxes.forEach((inbox) => inbox.failAll(portErrors.DEPENDENCY_UNAVAILABLE())))
  }

  /** Rejects with `DEPENDENCY_UNAVAILABLE` within milliseconds where nobody answers the port or NATS is away, and sends nothing that is too large. */
  transportTo({ portName }: AnyPort): Transport {
    const subject = portSubject(portName)
    const cancel = (name: string): void => this.link.connection?.publish(cancelSubject(portName), name)
    return (envelope, cancellation) => this.send(subject, envelope, cancellation, cancel)
  }

  /** Not an asynchronous function: the promise of the inbox is the answer already. */
  private send(subject: string, envelope: Envelope, cancellation: Cancellation | undefined, cancel: (name: string) => void): Promise<Reply> {
    const { connection } = this.link
    if (connection === undefined) return Promise.reject(portErrors.DEPENDENCY_UNAVAILABLE())
    try {
      const text = encodeCall(envelope, this.contexts!)
      return this.inboxOf(envelope.port, connection).request(subject, text, cancellation ?? atDeadline(envelope), cancel)
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }

  /**
   * Instances of a service have one key and so one prefix: each takes inboxes of its own there, or they would hear each other's replies. And each port has
   * another one, which nobody can guess: who answers one port sees where its replies go, and JetStream would bring there what any service wants.
   */
  private inboxOf(port: string, connection: NatsConnection): ReplyInbox {
    let inbox = this.inboxes.get(port)
    if (inbox === undefined) {
      inbox = new ReplyInbox(connection, `${inboxPrefix(this.link.key!.publicKey)}.${randomBytes(9).toString('base64url')}`)
      this.inboxes.set(port, inbox)
    }
    return inbox
  }
}

/** For who does not say himself when he stops waiting, as the client half does: no reply is waited for without an end. */
function atDeadline({ timeLeftMs }: Envelope): Cancellation {
  const cancellation = new Cancellation()
  setTimeout(() => cancellation.cancel(), Math.min(timeLeftMs + graceMs, longestTimerMs)).unref()
  return cancellation
}
