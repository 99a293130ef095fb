import type { ServerResponse } from 'node:http'
import { Cancellation } from '@kilomega/ports'

/**
 * Cancelled when the client disconnects before its answer is complete. `cancelled` reads the state of the connection. A listener is added only when a caller
 * registers one: adding it to every request would cost 0.3 us each.
 */
export class ClientCancellation extends Cancellation {
  private listening = false

  constructor(private readonly raw: ServerResponse) {
    super()
  }

  override get cancelled(): boolean {
    return super.cancelled || (this.raw.destroyed && !this.raw.writableFinished)
  }

  override onCancel(listener: () => void): () => void {
    if (!this.listening && !this.cancelled) this.listen()
    return super.onCancel(listener)
  }

  private listen(): void {
    this.listening = true
    this.raw.once('close', () => {
      if (!this.raw.writableFinished) this.cancel()
    })
  }
}
