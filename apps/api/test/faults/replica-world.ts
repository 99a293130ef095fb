import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedPostgres } from '@kilomega/database'
import { openRedis, type TestRedis } from '@kilomega/testing'
import { Client } from 'pg'
import { AppProcess } from '../app-process.js'
import { migrate } from '../migrate.js'
import { metricSum } from './metric-sum.js'

const folders = ['first', 'second', 'third']

const setDelay = {
  none: `ALTER SYSTEM SET recovery_min_apply_delay = 0`,
  '2 s': `ALTER SYSTEM SET recovery_min_apply_delay = '2s'`,
  '5 s': `ALTER SYSTEM SET recovery_min_apply_delay = '5s'`,
}

const signal = promisify(execFile)

/** Two processes of the API over a primary and two streaming replicas, and a Redis for what clients do not carry. */
export class ReplicaWorld {
  private constructor(
    private readonly folder: string,
    private readonly servers: EmbeddedPostgres[],
    readonly apis: readonly AppProcess[],
    readonly token: string,
    readonly redis: TestRedis,
  ) {}

  static async open(): Promise<ReplicaWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'kilomega-replicas-'))
    const [first, ...others] = folders.map((name) => join(folder, name)) as [string, ...string[]]
    const primary = await EmbeddedPostgres.start({ folder: first, port: 0 })
    const settings = { DATABASE_URL: primary.url.reveal(), HTTP_LIMIT_PER_MINUTE: '1000000' }
    await migrate(folder, settings)
    const replicas: EmbeddedPostgres[] = []
    for (const other of others) replicas.push(await primary.startReplica({ folder: other, port: 0 }))
    const redis = await openRedis()
    const all = { ...settings, DATABASE_REPLICAS: replicas.map(({ url }) => url.reveal()).join(' '), HTTP_FRESHNESS_REDIS_URL: redis.url }
    const apis: AppProcess[] = []
    // One after the other: the first creates the secrets that both share.
    for (let api = 0; api < 2; api += 1) apis.push(await AppProcess.start('api', folder, all))
    const token = await readFile(join(folder, '.kilomega/secrets/IDENTITY_OPERATOR_TOKEN'), 'utf8')
    return new ReplicaWorld(folder, [primary, ...replicas], apis, token, redis)
  }

  /** How long the replicas wait before they replay a commit. */
  async setLag(lag: keyof typeof setDelay): Promise<void> {
    for (const replica of [1, 2]) {
      await this.rows(replica, setDelay[lag])
      await this.rows(replica, 'SELECT pg_reload_conf()')
    }
  }

  /** SIGKILL. 0 is the primary. */
  lose(server: 0 | 1): void {
    process.kill(this.servers[server]!.pid, 'SIGKILL')
  }

  /** SIGSTOP or SIGCONT for all processes of a server. */
  async signalAll(server: 0 | 1, name: 'STOP' | 'CONT'): Promise<void> {
    const { pid } = this.servers[server]!
    // The postmaster first, so that it starts no others.
    await signal('sh', ['-c', 'kill -$1 $2 $(pgrep -P $2)', 'signal', name, String(pid)])
  }

  async bringBack(server: 0 | 1): Promise<void> {
    this.servers[server] = await EmbeddedPostgres.start({ folder: join(this.folder, folders[server]!), port: this.servers[server]!.port })
  }

  /** Makes the first replica a primary. */
  async promote(): Promise<void> {
    await this.rows(1, 'SELECT pg_promote()')
  }

  /** Rows of one server, asked directly. */
  async rows<Row extends object>(server: number, sql: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.servers[server]!.url.reveal() })
    await client.connect()
    try {
      return (await client.query<Row>(sql)).rows
    } finally {
      await client.end()
    }
  }

  /** The reads of both processes that a server of this role answered. */
  async reads(server: 'replica' | 'primary'): Promise<number> {
    const sums = await Promise.all(this.apis.map((api) => metricSum(api, 'database_reads_total', { server })))
    return sums.reduce((sum, count) => sum + count, 0)
  }

  async send(
    api: number,
    method: string,
    path: string,
    { json, freshness, etag }: { json?: object; freshness?: string; etag?: string } = {},
  ): Promise<Response> {
    return fetch(new URL(path, this.apis[api]!.publicUrl), {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(json && { 'content-type': 'application/json' }),
        ...(freshness && { 'kilomega-freshness': freshness }),
        ...(etag && { 'if-match': etag }),
      },
      ...(json && { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(20_000),
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.apis.map((api) => api.kill()))
    await this.redis.close()
    for (const name of folders.toReversed()) await EmbeddedPostgres.remove(join(this.folder, name))
    await rm(this.folder, { recursive: true, force: true })
  }
}
