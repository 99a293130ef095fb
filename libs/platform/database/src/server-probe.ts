import type { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { reasonOf } from './await-server.js'

/** Below the second for which whoever asks for health waits, milliseconds. */
const withinMs = 900

/** Asks whether the server answers, on a connection of its own: that the pool is busy says nothing about the server. */
export class ServerProbe {
  private opening: Promise<Client> | undefined

  constructor(private readonly url: Secret) {}

  /** Rejects with the reason when it does not answer in time. */
  async ask(): Promise<void> {
    const opening = (this.opening ??= this.connect())
    try {
      await (await opening).query('SELECT')
    } catch (error) {
      this.forget(opening)
      throw new Error(`the database does not answer (${reasonOf(error)})`, { cause: error })
    }
  }

  close(): void {
    if (this.opening !== undefined) this.forget(this.opening)
  }

  private connect(): Promise<Client> {
    const opening = this.open()
    opening.then((client) => client.once('end', () => this.forget(opening))).catch(() => undefined)
    return opening
  }

  private async open(): Promise<Client> {
    const client = new Client({
      connectionString: this.url.reveal(),
      connectionTimeoutMillis: withinMs,
      query_timeout: withinMs,
      keepAlive: true,
      application_name: 'kilomega health',
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch (error) {
      void client.end()
      throw error
    }
  }

  /** The next question opens another one. */
  private forget(opening: Promise<Client>): void {
    if (this.opening === opening) this.opening = undefined
    opening.then((client) => client.end()).catch(() => undefined)
  }
}
