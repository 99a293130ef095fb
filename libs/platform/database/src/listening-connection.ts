import { setTimeout as wait } from 'node:timers/promises'
import type { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { withIdentifiers } from './with-identifiers.js'

export interface ListeningHooks {
  onMessage: (channel: string, payload: string) => void
  /** The connection is back after a break, and all channels are subscribed again. */
  onReconnect: () => void
  /** Called once per break, however long it lasts. */
  onLoss: (error: unknown) => void
}

const connectWithinMs = 5_000
const endWithinMs = 1_000
const firstPauseMs = 100
const longestPauseMs = 5_000
/** In milliseconds. A connection that sends nothing does not notice that its server is gone. */
const pingEveryMs = 15_000

/** One connection that listens forever: after a break it reconnects with growing pauses, then reports it. */
export class ListeningConnection {
  private readonly channels = new Set<string>()
  private readonly closing = new AbortController()
  private opening: Promise<Client> | undefined

  constructor(
    private readonly url: () => Secret,
    private readonly hooks: ListeningHooks,
  ) {}

  /** Resolves once the server has registered the channel. The first call rejects if the server cannot be reached. */
  async listen(channel: string): Promise<void> {
    if (this.channels.has(channel)) return
    this.opening ??= this.open()
    try {
      await listenOn(await this.opening, channel)
      this.channels.add(channel)
    } catch (error) {
      if (this.channels.size === 0) this.opening = undefined
      throw error
    }
  }

  /** Connects again, as after a break. */
  async renew(): Promise<void> {
    const client = await this.opening?.catch(() => undefined)
    void client?.end()
  }

  async close(): Promise<void> {
    this.closing.abort()
    const client = await this.opening?.catch(() => undefined)
    // A server that hangs never confirms the end.
    if (client !== undefined) await Promise.race([client.end(), wait(endWithinMs, undefined, { ref: false })])
  }

  private async open(): Promise<Client> {
    const client = new Client({
      connectionString: this.url().reveal(),
      connectionTimeoutMillis: connectWithinMs,
      query_timeout: connectWithinMs,
      keepAlive: true,
      application_name: 'kilomega listen',
    })
    client.on('notification', ({ channel, payload = '' }) => this.hooks.onMessage(channel, payload))
    const lost = new Promise<unknown>((resolve) => client.once('error', resolve).once('end', () => resolve(new Error('the server hung up'))))
    client.on('error', () => undefined)
    try {
      await client.connect()
      for (const channel of this.channels) await listenOn(client, channel)
    } catch (error) {
      void client.end()
      throw error
    }
    this.watch(client, lost)
    return client
  }

  private watch(client: Client, lost: Promise<unknown>): void {
    const ping = setInterval(() => client.query('SELECT').catch(() => client.end()), pingEveryMs).unref()
    void lost.then((error) => {
      clearInterval(ping)
      if (this.closing.signal.aborted) return
      this.hooks.onLoss(error)
      this.opening = this.reopen()
      this.opening.catch(() => undefined)
    })
  }

  private async reopen(): Promise<Client> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await wait(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: this.closing.signal })
      const client = await this.open().catch(() => undefined)
      if (client === undefined) continue
      this.hooks.onReconnect()
      return client
    }
  }
}

async function listenOn(client: Client, channel: string): Promise<void> {
  await client.query(withIdentifiers('LISTEN %I', channel))
}
