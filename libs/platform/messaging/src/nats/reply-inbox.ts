import { AppError, type Cancellation, portErrors, type Reply } from '@kilomega/ports'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { bytesOf, decodeReply, textOf } from './wire.js'

interface Pending {
  /** The subject of its reply, which no other call has. */
  name: string
  resolve: (reply: Reply) => void
  reject: (error: unknown) => void
  forget: (() => void) | undefined
}

const noResponders = 503
/** The most calls to one port that may be waiting at once, which take 50 MB of memory. Further calls are refused. */
const maxPending = 2 ** 16

/**
 * All replies come to one subscription. The last part of the subject is the number of the call, and numbers are never reused. The library's own
 * `request()` keeps a timer and a signal for each call. Here, a single sweep in the client half ends overdue calls, which halves the cost of a call.
 */
export class ReplyInbox {
  private readonly pending = new Map<string, Pending>()
  private readonly prefix: string
  private last = 0

  constructor(
    private readonly connection: NatsConnection,
    inbox: string,
  ) {
    this.prefix = `${inbox}.`
    connection.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.receive(message)
      },
    })
  }

  /**
   * Sends a call and waits for its reply until it is cancelled. Rejects with `DEPENDENCY_UNAVAILABLE` at once if no process answers the port, and when the
   * connection is lost. `onCancel` gets the name by which the server knows the call.
   */
  request(subject: string, text: string, cancellation: Cancellation, onCancel: (name: string) => void): Promise<Reply> {
    if (this.pending.size >= maxPending) return Promise.reject(portErrors.PORT_OVERLOADED({ retryAfterS: 1 }))
    const name = this.prefix + String((this.last += 1))
    return new Promise((resolve, reject) => {
      const call: Pending = { name, resolve, reject, forget: undefined }
      this.pending.set(name, call)
      try {
        this.connection.publish(subject, bytesOf(text), { reply: name })
      } catch (error) {
        this.end(call)
        return reject(error as Error)
      }
      call.forget = cancellation.onCancel(() => this.cancel(call, onCancel))
    })
  }

  /** Called when the connection is lost. Pending calls are lost with it, because NATS delivers replies only to connected clients. */
  failAll(error: AppError): void {
    for (const call of this.pending.values()) {
      this.end(call)
      call.reject(error)
    }
  }

  private receive(message: Msg): void {
    const call = this.pending.get(message.subject)
    if (call === undefined) return
    this.end(call)
    const { data } = message
    if (data.length === 0 && message.headers?.code === noResponders) return call.reject(portErrors.DEPENDENCY_UNAVAILABLE())
    try {
      call.resolve(decodeReply(textOf(data)))
    } catch (error) {
      call.reject(error)
    }
  }

  private cancel(call: Pending, onCancel: (name: string) => void): void {
    if (!this.pending.has(call.name)) return
    this.end(call)
    onCancel(call.name)
    call.reject(portErrors.CALL_CANCELLED())
  }

  private end({ name, forget }: Pending): void {
    this.pending.delete(name)
    forget?.()
  }
}
