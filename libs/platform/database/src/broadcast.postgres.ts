import type { Signals } from '@kilomega/observability'
import { Broadcast } from './broadcast.js'
import type { Database, Transaction } from './database.js'
import type { Databases } from './databases.js'
import { ListeningConnection } from './listening-connection.js'

const notify = 'SELECT pg_notify($1, $2)'
const maxPayloadBytes = 7_999

interface Listener {
  onMessage: (payload: string) => void
  onReconnect: (() => void) | undefined
}

/** Broadcasts over LISTEN and NOTIFY. The process listens on one separate connection, opened for the first listener. */
export class PostgresBroadcast extends Broadcast {
  private readonly listeners = new Map<string, Set<Listener>>()
  private readonly connection: ListeningConnection
  private readonly database: Database

  constructor(
    databases: Databases,
    private readonly signals: Signals,
  ) {
    super()
    this.database = databases.of('platform')
    this.connection = new ListeningConnection(() => databases.servers.primaryUrl, {
      onMessage: (channel, payload) => this.hear(channel, payload),
      onReconnect: () => this.reconnected(),
      onLoss: (error) => signals.emit('database.broadcast-lost', {}, error),
    })
    databases.servers.onPrimaryChange(() => void this.connection.renew())
  }

  async send(transaction: Transaction, channel: string, payload: string): Promise<void> {
    await transaction.query(notify, [checkedChannel(channel), checkedPayload(payload)])
  }

  async announce(channel: string, payload: string): Promise<void> {
    const parameters = [checkedChannel(channel), checkedPayload(payload)]
    try {
      await this.database.read((queryable) => queryable.query(notify, parameters))
    } catch (error) {
      this.signals.emit('database.broadcast-failed', { channel }, error)
    }
  }

  async listen(channel: string, onMessage: (payload: string) => void, onReconnect?: () => void): Promise<() => void> {
    const listeners = this.listeners.get(checkedChannel(channel)) ?? new Set()
    const listener = { onMessage, onReconnect }
    this.listeners.set(channel, listeners.add(listener))
    await this.connection.listen(channel)
    return () => void listeners.delete(listener)
  }

  async close(): Promise<void> {
    await this.connection.close()
  }

  private hear(channel: string, payload: string): void {
    for (const { onMessage } of this.listeners.get(channel) ?? []) onMessage(payload)
  }

  private reconnected(): void {
    for (const listeners of this.listeners.values()) for (const { onReconnect } of listeners) onReconnect?.()
  }
}

function checkedChannel(channel: string): string {
  if (!/^[a-z][a-z0-9_.-]{0,62}$/.test(channel)) throw new Error(`${channel} is not a valid channel name`)
  return channel
}

function checkedPayload(payload: string): string {
  if (Buffer.byteLength(payload) > maxPayloadBytes) throw new Error(`a broadcast holds at most ${maxPayloadBytes} bytes: send an id`)
  return payload
}
