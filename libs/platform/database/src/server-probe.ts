import type { Secret } from '@kilomega/config'
import type { Client } from 'pg'
import { reasonOf } from './await-server.js'
import { openProbe } from './probe-connection.js'

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
    const opening = openProbe(this.url, { withinMs, name: 'kilomega health' })
    opening.then((client) => client.once('end', () => this.forget(opening))).catch(() => undefined)
    return opening
  }

  /** The next check opens a new connection. */
  private forget(opening: Promise<Client>): void {
    if (this.opening === opening) this.opening = undefined
    opening.then((client) => client.end()).catch(() => undefined)
  }
}
