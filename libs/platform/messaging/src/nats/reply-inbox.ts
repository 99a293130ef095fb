import { AppError, type Cancellation, portErrors, type Reply } from '@kilomega/ports'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { maxNumber, numbered, readNumbered } from './numbered.js'
import { bytesOf, decodeReply, textOf } from './wire.js'

interface Pending {
  number: number
  slot: Slot
  resolve: (reply: Reply) => void
  reject: (error: unknown) => void
  forget: (() => void) | undefined
}

/** Where a reply comes to. */
interface Slot {
  subject: string
  call: Pending | undefined
}

const noResponders = 503
/** Calls on their way to one port at once. What comes beyond is refused; memory for so many is 50 MB. */
const maxSlots = 2 ** 16

/**
 * All replies of a process come to one subscription; the last part of the subject is the slot of a call, and a number in the message says which of its calls
 * is meant. The library's own `request()` keeps a timer and a signal for each call; here the client half's one sweep ends what is overdue, which halves the
 * cost of a call. Slots come back into use at once, so that there are as many subjects as calls at a time: nats-server remembers for 512 of them where they go,
 * and a new one for each call makes calls 6 % fewer.
 */
export class ReplyInbox {
  /** An array and not a Map, for the reason of `Chain`: 5 us a call went to the garbage collector. */
  private readonly slots: Slot[] = []
  private readonly free: Slot[] = []
  private readonly prefix: string
  private last = 0

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

  /**
   * Sends a call and waits for its reply. Rejects with `DEPENDENCY_UNAVAILABLE` at once where nobody answers, and when the connection is lost. `onCancel` gets
   * the name by which the server knows the call.
   */
  request(subject: string, text: string, cancellation: Cancellation | undefined, onCancel: (name: string) => void): Promise<Reply> {
    const slot = this.free.pop() ?? this.newSlot()
    if (slot === undefined) return Promise.reject(portErrors.PORT_OVERLOADED({ retryAfterS: 1 }))
    const number = (this.last = (this.last % maxNumber) + 1)
    return new Promise((resolve, reject) => {
      const call: Pending = { number, slot, resolve, reject, forget: undefined }
      slot.call = call
      try {
        this.connection.publish(subject, bytesOf(numbered(number, text)), { reply: slot.subject })
      } catch (error) {
        this.end(call)
        return reject(error as Error)
      }
      if (cancellation !== undefined) call.forget = cancellation.onCancel(() => this.cancel(call, onCancel))
    })
  }

  /** What is on its way when a connection is lost is lost with it: replies go to whoever is connected. */
  failAll(error: AppError): void {
    for (const { call } of this.slots) {
      if (call === undefined) continue
      this.end(call)
      call.reject(error)
    }
  }

  private newSlot(): Slot | undefined {
    if (this.slots.length === maxSlots) return undefined
    const slot: Slot = { subject: this.prefix + String(this.slots.length), call: undefined }
    this.slots.push(slot)
    return slot
  }

  private take(message: Msg): void {
    const call = this.slots[Number(message.subject.slice(this.prefix.length))]?.call
    if (call === undefined) return
    const { data } = message
    if (data.length > 0 || message.headers?.code !== noResponders) return this.answer(call, textOf(data))
    this.end(call)
    call.reject(portErrors.DEPENDENCY_UNAVAILABLE())
  }

  /** What is for a call that had the slot before comes too late. What has no number is none of ours, and then nothing better will come. */
  private answer(call: Pending, message: string): void {
    const { number, text } = readNumbered(message)
    if (number !== undefined && number !== call.number) return
    this.end(call)
    try {
      if (number === undefined) throw new Error(`a reply without a number begins with ${JSON.stringify(text.slice(0, 10))}`)
      call.resolve(decodeReply(text))
    } catch (error) {
      call.reject(error)
    }
  }

  private cancel(call: Pending, onCancel: (name: string) => void): void {
    if (call.slot.call !== call) return
    this.end(call)
    onCancel(numbered(call.number, call.slot.subject))
    call.reject(portErrors.CALL_CANCELLED())
  }

  private end({ slot, forget }: Pending): void {
    slot.call = undefined
    this.free.push(slot)
    forget?.()
  }
}
