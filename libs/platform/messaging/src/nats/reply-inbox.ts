import { AppError, type Cancellation, portErrors, type Reply } from '@kilomega/ports'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { bytesOf, decodeReply } from './wire.js'

interface Pending {
  id: number
  resolve: (reply: Reply) => void
  reject: (error: unknown) => void
  forget: (() => void) | undefined
}

const noResponders = 503
/** Calls on their way to one port at once. What comes beyond is refused; memory for so many is 50 MB. */
const slots = 2 ** 16

/**
 * All replies of a process come to one subscription, and a number at the end of the subject says which call each one is for. The library's own
 * `request()` keeps a timer and a signal for each call; here the client half's one sweep ends what is overdue, which halves the cost of a call.
 */
export class ReplyInbox {
  /** Slots and not a Map, for the reason of `Chain`: 5 us a call went to the garbage collector. The last 16 bits of a number say which slot it is. */
  private readonly pending: (Pending | undefined)[] = []
  private readonly free: number[] = []
  private readonly prefix: string
  private turn = 0

  constructor(
    private readonly connection: NatsConnection,
    inbox: string,
  ) {
    this.prefix = `${inbox}.`
    connection.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.take(message)
      },
    })
  }

  /** Sends a call and waits for its reply. Rejects with `DEPENDENCY_UNAVAILABLE` at once where nobody answers, and when the connection is lost. */
  request(subject: string, text: string, cancellation: Cancellation | undefined, onCancel: (replySubject: string) => void): Promise<Reply> {
    const slot = this.free.pop() ?? this.pending.length
    if (slot === slots) return Promise.reject(portErrors.PORT_OVERLOADED({ retryAfterS: 1 }))
    const id = (this.turn = (this.turn + 1) % 2 ** 32) * slots + slot
    return new Promise((resolve, reject) => {
      const call: Pending = { id, resolve, reject, forget: undefined }
      this.pending[slot] = call
      this.connection.publish(subject, bytesOf(text), { reply: this.prefix + String(id) })
      if (cancellation !== undefined) call.forget = cancellation.onCancel(() => this.cancel(id, onCancel))
    })
  }

  /** What is on its way when a connection is lost is lost with it: replies go to whoever is connected. */
  failAll(error: AppError): void {
    for (const call of [...this.pending]) if (call !== undefined) this.taken(call.id)?.reject(error)
  }

  private take(message: Msg): void {
    const call = this.taken(Number(message.subject.slice(this.prefix.length)))
    if (call === undefined) return
    const { data } = message
    if (data.length === 0 && message.headers?.code === noResponders) call.reject(portErrors.DEPENDENCY_UNAVAILABLE())
    else this.answer(call, Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString())
  }

  private answer({ resolve, reject }: Pending, text: string): void {
    try {
      resolve(decodeReply(text))
    } catch (error) {
      reject(error)
    }
  }

  private cancel(id: number, onCancel: (replySubject: string) => void): void {
    const call = this.taken(id)
    if (call === undefined) return
    onCancel(this.prefix + String(id))
    call.reject(portErrors.CALL_CANCELLED())
  }

  /** Nothing where the call was taken already, and its slot may have gone to another one. */
  private taken(id: number): Pending | undefined {
    const slot = id % slots
    const call = this.pending[slot]
    if (call?.id !== id) return undefined
    this.pending[slot] = undefined
    this.free.push(slot)
    call.forget?.()
    return call
  }
}
