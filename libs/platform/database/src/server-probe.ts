import type { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { reasonOf } from './await-server.js'

/** In milliseconds. Below the one second that a health request waits. */
const withinMs = 900

/** Checks whether the server answers, on a separate connection: a busy pool says nothing about the server. */
export class ServerProbe {
  private opening: Promise<Client> | undefined

  constructor(private readonly url: Secret) {}

  /** Rejects with the reason if the server does not answer in time. */
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

  /** The next check opens a new connection. */
  private forget(opening: Promise<Client>): void {
    if (this.opening === opening) this.opening = undefined
    opening.then((client) => client.end()).catch(() => undefined)
  }
}
