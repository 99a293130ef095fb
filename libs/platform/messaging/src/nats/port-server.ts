import { AppError, Cancellation, type Envelope, maxPayloadBytes, portErrors, type Transport } from '@kilomega/ports'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { ForeignInbox, type SignedContexts } from './signed-context.js'
import { cancelSubject, isInbox, portSubject, queueGroup } from './subjects.js'
import { decodeCall, encodeReply } from './wire.js'

interface PortServerParts {
  port: string
  handler: Transport
  contexts: SignedContexts
  /** Told of messages that are no calls, or of nobody whom we trust. */
  refused: (error: unknown) => void
}

const decoder = new TextDecoder()

/** Answers the calls of one port that come over NATS. Instances share them; each call is at work in one of them. */
export class PortServer {
  private readonly running = new Map<string, Cancellation>()
  private subscriptions: Subscription[] = []
  private idle: (() => void) | undefined

  constructor(private readonly parts: PortServerParts) {}

  open(connection: NatsConnection): void {
    const { port } = this.parts
    const calls = connection.subscribe(portSubject(port), {
      queue: queueGroup(port),
      callback: (error, message) => {
        if (error === null) this.answer(message).catch(this.parts.refused)
      },
    })
    const cancels = connection.subscribe(cancelSubject(port), {
      callback: (error, message) => {
        if (error === null) this.running.get(decoder.decode(message.data))?.cancel()
      },
    })
    this.subscriptions = [calls, cancels]
  }

  /** Takes no more calls, answers those that have arrived, and resolves when that is done. */
  async drain(): Promise<void> {
    const [calls, cancels] = this.subscriptions
    await calls?.drain()
    if (this.running.size > 0) await new Promise<void>((resolve) => (this.idle = resolve))
    cancels?.unsubscribe()
  }

  private async answer(message: Msg): Promise<void> {
    const { reply } = message
    if (!reply) return this.parts.refused(new Error('a call without a reply subject'))
    if (!isInbox(reply)) return this.parts.refused(new Error('a call whose reply would not come to an inbox'))
    const cancellation = new Cancellation()
    this.running.set(reply, cancellation)
    const answer = await this.replyTo(message, cancellation)
    this.running.delete(reply)
    if (answer !== undefined && !cancellation.cancelled) message.respond(answer)
    if (this.running.size === 0) this.idle?.()
  }

  private async replyTo({ data, reply }: Msg, cancellation: Cancellation): Promise<string | undefined> {
    const { port, handler, contexts, refused } = this.parts
    let envelope: Envelope
    try {
      envelope = decodeCall(port, textOf(data), contexts, reply)
    } catch (error) {
      refused(error)
      if (error instanceof ForeignInbox) return undefined
      return encodeReply({ error: valueOf(error) })
    }
    try {
      return encodeReply(await handler(envelope, cancellation))
    } catch (error) {
      return encodeReply({ error: valueOf(error) })
    }
  }
}

/** Our own callers send nothing larger; what others send is not even read. */
function textOf(data: Uint8Array): string {
  if (data.length > maxPayloadBytes) throw portErrors.PAYLOAD_TOO_LARGE({ sizeBytes: data.length, limitBytes: maxPayloadBytes })
  return decoder.decode(data)
}

const valueOf = (error: unknown) => (error instanceof AppError ? error : portErrors.INTERNAL()).toValue()
