import type { Secret } from '@kilomega/config'
import type { Client } from 'pg'
import { freshnessOf, type LogPosition, readPosition } from '../freshness.js'
import { openProbe } from '../probe-connection.js'

/** In milliseconds: between the end of one question and the next. After a first one without an answer the next follows at once: was it this process that was busy? */
const everyMs = 250
const againMs = 50
/** In milliseconds. A server that takes longer hangs: its readers wait that long for nothing. */
const withinMs = 400

/** What a server said last. `freshness` is '' and nothing is known while it is down. */
export interface ServerState {
  isUp: boolean
  isReplica: boolean
  freshness: string
  /** On the monotonic clock. */
  atMs: number
  /** When it was last up; of a server that never was, when it was first asked. */
  upAtMs: number
  /** Questions without an answer since then. */
  missed: number
}

const down = (upAtMs: number, missed: number): ServerState => ({
  isUp: false,
  isReplica: false,
  freshness: '',
  atMs: performance.now(),
  upAtMs,
  missed,
})

/** Asks one server, on a connection of its own, whether it is a replica and how far it is in the log. */
export class ServerWatch {
  state: ServerState = down(performance.now(), 0)
  private client: Promise<Client> | undefined
  private asking: Promise<void> | undefined
  private timer: NodeJS.Timeout | undefined
  private closed = false

  constructor(
    private readonly url: Secret,
    private readonly changed: () => void,
  ) {}

  /** Resolves after the first answer, or when it is overdue. Asks again every 250 ms until `close`. */
  async start(): Promise<void> {
    await this.ask()
    if (!this.closed) this.timer = setTimeout(() => void this.start(), this.state.missed === 1 ? againMs : everyMs).unref()
  }

  /** One question at a time: whoever asks meanwhile gets the same answer. Never rejects. */
  ask(): Promise<void> {
    return (this.asking ??= this.question().finally(() => (this.asking = undefined)))
  }

  close(): void {
    this.closed = true
    clearTimeout(this.timer)
    this.disconnect()
  }

  private async question(): Promise<void> {
    try {
      const { rows } = await (
        await (this.client ??= openProbe(this.url, { withinMs, name: 'kilomega watch' }))
      ).query<LogPosition>({ name: 'position', text: readPosition })
      const { isReplica } = rows[0]!
      const atMs = performance.now()
      this.state = { isUp: true, isReplica, freshness: freshnessOf(rows[0]!), atMs, upAtMs: atMs, missed: 0 }
    } catch {
      this.disconnect()
      this.state = down(this.state.upAtMs, this.state.missed + 1)
    }
    if (!this.closed) this.changed()
  }

  /** The next question opens another connection. */
  disconnect(): void {
    this.client?.then((client) => client.end()).catch(() => undefined)
    this.client = undefined
  }
}
