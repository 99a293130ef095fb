import { Broadcast } from '@kilomega/database'

/** Notifies no process: relays of other processes find pending deliveries by polling. */
export class SilentBroadcast extends Broadcast {
  async send(): Promise<void> {}
  async announce(): Promise<void> {}
  async listen(): Promise<() => void> {
    return () => {}
  }
}
