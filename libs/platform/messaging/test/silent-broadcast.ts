import { Broadcast } from '@kilomega/database'

/** Rings nobody: relays of other processes find what is owed by looking. */
export class SilentBroadcast extends Broadcast {
  async send(): Promise<void> {}
  async announce(): Promise<void> {}
  async listen(): Promise<() => void> {
    return () => {}
  }
}
