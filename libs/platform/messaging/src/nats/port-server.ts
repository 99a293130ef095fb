import { AppError, Cancellation, Chain, type Envelope, type Link, maxPayloadBytes, portErrors, type Reply, type Transport } from '@kilomega/ports'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type { Backlog } from './backlog.js'
import { ForeignInbox, type SignedContexts } from './signed-context.js'
import { cancelSubject, isInbox, portSubject, queueGroup } from './subjects.js'
import { bytesOf, decodeCall, encodeReply } from './wire.js'

interface PortServerParts {
  port: string
  handler: Transport
  contexts: SignedContexts
  backlog: Backlog
  /** Told of messages that are no calls, or of nobody whom we trust. */
  refused: (error: unknown) => void
}

class RunningCall extends Cancellation implements Link<RunningCall> {
  previous: RunningCall | undefined = undefined
  next: RunningCall | undefined = undefined

  constructor(readonly reply: string) {
    super()
  }
}

/** Answers the calls of one port that come over NATS. Instances share them; each call is at work in one of them. */
export class PortServer {
  private readonly running = new Chain<RunningCall>()
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
        if (error === null) this.cancel(message.string())
      },
    })
    this.subscriptions = [calls, cancels]
  }

  /** Takes no more calls, answers those that have arrived, and resolves when that is done. */
  async drain(): Promise<void> {
    const [calls, cancels] = this.subscriptions
    await calls?.drain()
    if (this.running.last !== undefined) await new Promise<void>((resolve) => (this.idle = resolve))
    cancels?.unsubscribe()
  }

  /** Rare enough to look at all of them: a table of replies, kept for this alone, would cost each call 0.5 us. */
  private cancel(reply: string): void {
    for (let call = this.running.last; call !== undefined; call = call.previous) if (call.reply === reply) return call.cancel()
  }

  private async answer(message: Msg): Promise<void> {
    const { reply } = message
    const { backlog } = this.parts
    if (!reply) return this.parts.refused(new Error('a call without a reply subject'))
    if (!isInbox(reply)) return this.parts.refused(new Error('a call whose reply would not come to an inbox'))
    const call = new RunningCall(reply)
    this.running.add(call)
    for (let reading = backlog.readUp(); reading !== undefined; reading = backlog.readUp()) await reading
    const answer = call.cancelled ? undefined : await this.replyTo(message, call)
    this.running.remove(call)
    if (answer !== undefined && !call.cancelled) message.respond(bytesOf(answer))
    if (this.running.last === undefined) this.idle?.()
  }

  /** The reply as it travels, at once where there is nothing to be done; nothing for who would have it sent elsewhere. */
  private replyTo({ data, reply }: Msg, cancellation: Cancellation): Promise<string> | string | undefined {
    const { port, handler, contexts, refused } = this.parts
    let envelope: Envelope
    try {
      envelope = decodeCall(port, textOf(data), contexts, reply)
    } catch (error) {
      refused(error)
      return error instanceof ForeignInbox ? undefined : refusal(error)
    }
    return handler(envelope, cancellation).then(encoded, refusal)
  }
}

function encoded(reply: Reply): string {
  try {
    return encodeReply(reply)
  } catch (error) {
    return refusal(error)
  }
}

const refusal = (error: unknown): string => encodeReply({ error: valueOf(error) })

/** Our own callers send nothing larger; what others send is not even read. */
function textOf(data: Uint8Array): string {
  if (data.length > maxPayloadBytes) throw portErrors.PAYLOAD_TOO_LARGE({ sizeBytes: data.length, limitBytes: maxPayloadBytes })
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()
}

const valueOf = (error: unknown) => (error instanceof AppError ? error : portErrors.INTERNAL()).toValue()
