import {
  type AnyPort,
  AppError,
  Cancellation,
  Chain,
  Expiry,
  type Link,
  maxPayloadBytes,
  portErrors,
  type Reply,
  type Transport,
} from '@kilomega/ports'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type { ReadBarrier } from './read-barrier.js'
import { ForeignInbox, type SignedContexts } from './signed-context.js'
import { cancelSubject, isInbox, portSubject, queueGroup } from './subjects.js'
import { bytesOf, decodeCall, encodeReply, textOf } from './wire.js'

interface PortServerParts {
  port: AnyPort
  handler: Transport
  contexts: SignedContexts
  readBarrier: ReadBarrier
  /** Called for messages that are not calls or whose sender is not trusted. */
  refused: (error: unknown) => void
}

class RunningCall extends Cancellation implements Link<RunningCall> {
  previous: RunningCall | undefined = undefined
  next: RunningCall | undefined = undefined

  constructor(readonly message: Msg) {
    super()
  }
}

/** Answers the calls of one port that come over NATS. Instances share the calls; each call runs in one of them. */
export class PortServer {
  private readonly running = new Chain<RunningCall>()
  private readonly expiry = new Expiry({ keepsProcess: false })
  private subscriptions: Subscription[] = []
  private idle: (() => void) | undefined

  constructor(private readonly parts: PortServerParts) {}

  open(connection: NatsConnection): void {
    const { portName } = this.parts.port
    const calls = connection.subscribe(portSubject(portName), {
      queue: queueGroup(portName),
      callback: (error, message) => {
        if (error === null) this.answer(message).catch(this.parts.refused)
      },
    })
    const cancels = connection.subscribe(cancelSubject(portName), {
      callback: (error, message) => {
        if (error === null) this.cancel(message.string())
      },
    })
    this.subscriptions = [calls, cancels]
  }

  /** Takes no more calls and answers those that have arrived. Resolves when they are answered or their deadlines have passed. */
  async drain(): Promise<void> {
    const [calls, cancels] = this.subscriptions
    await calls?.drain()
    if (this.running.last !== undefined) await new Promise<void>((resolve) => (this.idle = resolve))
    cancels?.unsubscribe()
  }

  /** Cancellations are rare, so this searches all running calls: a map by name, kept only for this, would cost each call 0.5 us. */
  private cancel(name: string): void {
    for (let call = this.running.last; call !== undefined; call = call.previous) {
      if (call.message.reply === name) return call.cancel()
    }
  }

  private async answer(message: Msg): Promise<void> {
    const { reply, data } = message
    const { readBarrier, refused } = this.parts
    if (!reply) return refused(new Error('a call without a reply subject'))
    if (!isInbox(reply)) return refused(new Error('a call whose reply would not come to an inbox'))
    if (data.length > maxPayloadBytes) return this.refuse(message, tooLarge(data))
    const call = new RunningCall(message)
    this.running.add(call)
    for (let reading = readBarrier.readUp(); reading !== undefined; reading = readBarrier.readUp()) await reading
    const answer = call.cancelled ? undefined : await this.replyTo(call)
    if (answer !== undefined) this.reply(call, answer)
    this.end(call)
  }

  private reply(call: RunningCall, answer: string): void {
    try {
      if (!call.cancelled) call.message.respond(bytesOf(answer))
    } catch (error) {
      this.parts.refused(error)
    }
  }

  private end(call: RunningCall): void {
    this.running.remove(call)
    if (this.running.last === undefined) this.idle?.()
  }

  /** Our own callers never send such a message. It is refused without being read. */
  private refuse(message: Msg, error: AppError): void {
    this.parts.refused(error)
    message.respond(bytesOf(refusal(error)))
  }

  /** The encoded reply, available at once if nothing has to be done. Undefined if the reply would go to another inbox than that of the signer. */
  private replyTo(call: RunningCall): Promise<string> | string | undefined {
    const { port, handler, contexts, refused } = this.parts
    try {
      const envelope = decodeCall(port.portName, textOf(call.message.data), contexts, call.message.reply)
      const answered = this.expireAt(Math.min(envelope.timeLeftMs, port.operations[envelope.operation]?.timeoutMs ?? 0), call)
      return handler(envelope, call).then(encoded, refusal).finally(answered)
    } catch (error) {
      refused(error)
      return error instanceof ForeignInbox ? undefined : refusal(error)
    }
  }

  /** A service that does not answer delays neither its caller nor the shutdown of this process. */
  private expireAt(timeLeftMs: number, call: RunningCall): () => void {
    return this.expiry.at(performance.now() + timeLeftMs, () => {
      this.reply(call, refusal(portErrors.DEADLINE_EXCEEDED()))
      call.cancel()
      this.end(call)
    })
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

const tooLarge = ({ length }: Uint8Array): AppError => portErrors.PAYLOAD_TOO_LARGE({ sizeBytes: length, limitBytes: maxPayloadBytes })

const valueOf = (error: unknown) => (error instanceof AppError ? error : portErrors.INTERNAL()).toValue()
