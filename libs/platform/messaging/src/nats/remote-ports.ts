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

/** The answering process replies at the deadline. This extra wait is for a reply that never comes, in milliseconds. */
const graceMs = 1_000
/** The longest timer in Node: a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1

/** Transports to ports that other processes answer. */
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

  /** Its calls reject with `DEPENDENCY_UNAVAILABLE` within milliseconds if no process answers the port or NATS is unavailable. A call that is too large is not sent. */
  transportTo({ portName }: AnyPort): Transport {
    const subject = portSubject(portName)
    const cancel = (name: string): void => this.link.connection?.publish(cancelSubject(portName), name)
    return (envelope, cancellation) => this.send(subject, envelope, cancellation, cancel)
  }

  /** Not an async function, because it can return the promise of the inbox itself. */
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
   * The instances of a service share a key and so a prefix. Each instance uses its own inboxes below it, or the instances would receive each other's replies. Each port
   * has a separate inbox with a random name: a service that answers one port sees where its replies go, and could have JetStream send messages to that inbox.
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

/** For callers that do not cancel by themselves, as the client half does: every wait for a reply has an end. */
function atDeadline({ timeLeftMs }: Envelope): Cancellation {
  const cancellation = new Cancellation()
  setTimeout(() => cancellation.cancel(), Math.min(timeLeftMs + graceMs, longestTimerMs)).unref()
  return cancellation
}
