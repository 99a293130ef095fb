import { AppError, type Cancellation, portErrors } from '@kilomega/ports'
import type { Msg, NatsConnection } from '@nats-io/transport-node'

interface Pending {
  resolve: (text: string) => void
  reject: (error: AppError) => void
  forget: () => void
}

const noResponders = 503

/**
 * All replies of a process come to one subscription, and a number at the end of the subject says which call each one is for. The library's own
 * `request()` keeps a timer and a signal for each call; here the client half's one sweep ends what is overdue, which halves the cost of a call.
 */
export class ReplyInbox {
  private readonly pending = new Map<number, Pending>()
  private readonly prefix: string
  private next = 0

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
  request(subject: string, text: string, cancellation: Cancellation | undefined, onCancel: (replySubject: string) => void): Promise<string> {
    const id = (this.next = (this.next + 1) % Number.MAX_SAFE_INTEGER)
    return new Promise((resolve, reject) => {
      this.connection.publish(subject, text, { reply: this.prefix + String(id) })
      const call: Pending = { resolve, reject, forget: () => undefined }
      this.pending.set(id, call)
      if (cancellation !== undefined) call.forget = cancellation.onCancel(() => this.cancel(id, onCancel))
    })
  }

  /** What is on its way when a connection is lost is lost with it: replies go to whoever is connected. */
  failAll(error: AppError): void {
    for (const id of [...this.pending.keys()]) this.taken(id)?.reject(error)
  }

  private take(message: Msg): void {
    const call = this.taken(Number(message.subject.slice(this.prefix.length)))
    if (call === undefined) return
    const { data } = message
    if (data.length === 0 && message.headers?.code === noResponders) call.reject(portErrors.DEPENDENCY_UNAVAILABLE())
    else call.resolve(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString())
  }

  private cancel(id: number, onCancel: (replySubject: string) => void): void {
    const call = this.taken(id)
    if (call === undefined) return
    onCancel(this.prefix + String(id))
    call.reject(portErrors.CALL_CANCELLED())
  }

  private taken(id: number): Pending | undefined {
    const call = this.pending.get(id)
    if (call === undefined) return undefined
    this.pending.delete(id)
    call.forget()
    return call
  }
}
