import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NatsUser, natsAuthorization } from '@kilomega/messaging'
import { NatsServer } from '@kilomega/servers'
import { eventually } from '@kilomega/testing'
import { AppProcess } from '../app-process.js'
import { migrate } from '../migrate.js'
import { userOf } from '../shape.js'

export const apps = ['api', 'search', 'notifications'] as const
export type Part = 'nats' | (typeof apps)[number]

const fewConnections = { DATABASE_POOL_SIZE: '6', QUEUE_POOL_SIZE: '3' }
/** For one request; whatever is polled has its own deadline. */
const requestTimeoutMs = 5_000

/** An API, two services and a NATS over a migrated database. None of them runs at first, and each is started separately. */
export class ColdShape {
  readonly processes = new Map<Part, AppProcess>()
  private nats: NatsServer | undefined
  private starts = 0

  private constructor(
    private readonly folder: string,
    private readonly users: readonly (NatsUser & { seed: string })[],
    private readonly natsPort: number,
    private readonly settings: Record<string, string>,
  ) {}

  static async open(databaseUrl: string, settings: Record<string, string> = {}): Promise<ColdShape> {
    const folder = await mkdtemp(join(tmpdir(), 'kilomega-cold-'))
    const all = { ...fewConnections, ...settings, DATABASE_URL: databaseUrl }
    await migrate(folder, all)
    return new ColdShape(folder, await Promise.all(apps.map(userOf)), await freePortIn(folder), all)
  }

  /** Resolves for NATS when it answers, for an application when it reports that it is ready. */
  async start(part: Part): Promise<void> {
    if (part === 'nats') this.nats = await NatsServer.start(this.natsStart())
    else await this.spawn(part).ready()
  }

  /** Starts it without waiting. */
  spawn(app: (typeof apps)[number], settings: Record<string, string> = {}): AppProcess {
    const started = AppProcess.spawn(app, this.folder, { ...this.environmentOf(app), ...settings })
    this.processes.set(app, started)
    return started
  }

  /** Resolves when every process is ready and a request, an event and a call have passed through each of them. */
  async serves(withinMs: number): Promise<void> {
    const untilMs = performance.now() + withinMs
    const soon = <T>(check: () => Promise<T>) => eventually(check, untilMs - performance.now())
    for (const { internalUrl } of this.processes.values()) await soon(async () => expect(await statusOf(internalUrl, '/health/ready')).toBe(200))
    const word = `ship${this.starts}x${Date.now()}`
    await this.publish(word)
    await this.register(`${word}@example.org`)
    await soon(async () => expect(await this.ask(`/v1/search?q=${word}`)).toMatchObject({ total: { value: 1 } }))
    await soon(async () => expect(await this.ask(`/mail.json?to=${word}@example.org`, { internal: true })).toMatchObject({ items: [{}] }))
  }

  statusOf(path: string): Promise<number> {
    return statusOf(this.api.publicUrl, path)
  }

  /** Stops everything in order, and NATS with all its data; returns the exit codes of the applications. */
  async stop(): Promise<number[]> {
    const codes = await Promise.all([...this.processes.values()].map((one) => one.stop()))
    this.processes.clear()
    await this.nats?.stop()
    this.nats = undefined
    return codes
  }

  async close(): Promise<void> {
    await Promise.all([...this.processes.values()].map((one) => one.kill()))
    await this.nats?.stop()
    await rm(this.folder, { recursive: true, force: true })
  }

  private get api(): AppProcess {
    return this.processes.get('api')!
  }

  /** Each start gets a new folder, so that there is no stream yet. */
  private natsStart() {
    this.starts += 1
    return { folder: join(this.folder, `nats-${this.starts}`), port: this.natsPort, configuration: natsAuthorization(this.users) }
  }

  private environmentOf(app: (typeof apps)[number]): Record<string, string> {
    return {
      ...this.settings,
      NATS_URL: `nats://127.0.0.1:${this.natsPort}`,
      NATS_SEED: this.users.find(({ name }) => name === app)!.seed,
      NATS_TRUSTED_KEYS: this.users.map(({ publicKey }) => publicKey).join(),
      ...(app === 'api' && { REMOTE_PORTS: 'search,notifications' }),
    }
  }

  private async publish(title: string): Promise<void> {
    const token = await readFile(join(this.folder, '.kilomega/secrets/IDENTITY_OPERATOR_TOKEN'), 'utf8')
    const { id } = (await this.ask('/v1/posts', { token, json: { title, body: 'A log.', category: 'harbour' } })) as { id: string }
    await this.ask(`/v1/posts/${id}/publish`, { token, json: undefined, method: 'POST' })
  }

  private async register(email: string): Promise<void> {
    await this.ask('/v1/accounts', { json: { email, password: 'a long and salty password', name: 'Sailor' } })
  }

  private async ask(path: string, { token, json, internal, method }: Asked = {}): Promise<unknown> {
    const response = await fetch(new URL(path, internal ? this.api.internalUrl : this.api.publicUrl), {
      method: method ?? (json === undefined ? 'GET' : 'POST'),
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(json !== undefined && { 'content-type': 'application/json' }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(requestTimeoutMs),
    })
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`)
    return response.json()
  }
}

interface Asked {
  method?: string
  token?: string
  json?: unknown
  internal?: boolean
}

/** A port on which a NATS with these settings can listen: one has just used it. */
async function freePortIn(folder: string): Promise<number> {
  const server = await NatsServer.start({ folder: join(folder, 'nats-0'), port: 0 })
  await server.stop()
  return server.port
}

async function statusOf(url: string, path: string): Promise<number> {
  return (await fetch(new URL(path, url), { signal: AbortSignal.timeout(requestTimeoutMs) })).status
}
