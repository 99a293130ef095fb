import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { ledgerMigrations } from '@kilomega/messaging'
import { platformMigrations } from '@kilomega/process'
import { migrateQueue } from '@kilomega/queue'
import { eventually, openDatabase, openRedis, type TestDatabase, type TestRedis } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { crew } from './crew.js'

export type QueueKind = 'postgres' | 'redis'

const program = join(import.meta.dirname, '../../dist/crew/crew-program.js')
const ask = `
  WITH added AS (
    INSERT INTO crew.outbox (id, name, payload, request_id)
    SELECT id, 'job:crew.' || $1, '{"payload":{"rope":1},"delayMs":0,"version":1}', 'test' FROM unnest($2::uuid[]) AS id
    RETURNING id)
  INSERT INTO crew.delivery (subscriber, event_id) SELECT 'queue:crew.' || $1, id FROM added`

const running = `
  SELECT DISTINCT pid FROM crew.deed AS one WHERE begun AND NOT EXISTS (SELECT FROM crew.deed AS other WHERE other.job_id = one.job_id AND NOT other.begun)`
const deeds = `SELECT count(*)::int AS deeds, count(DISTINCT job_id)::int AS jobs FROM crew.deed WHERE kind = $1 AND NOT begun`

/** Processes that do jobs, with one database and one queue. They can be killed. */
export class CrewShip {
  readonly processes: ChildProcess[] = []

  private constructor(
    private readonly database: TestDatabase,
    readonly redis: TestRedis | undefined,
    private readonly folder: string,
    private readonly settings: Record<string, string>,
  ) {}

  static async open(kind: QueueKind, settings: Record<string, string> = {}): Promise<CrewShip> {
    const modules = [
      { schema: 'crew', migrations: crew.migrations },
      { schema: 'platform', migrations: platformMigrations },
    ]
    const database = await openDatabase({ modules, platform: (schema) => (schema === 'platform' ? [] : ledgerMigrations(schema)) })
    await migrateQueue(database.url)
    const redis = kind === 'redis' ? await openRedis() : undefined
    const over = redis && { QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: redis.url }
    const folder = await mkdtemp(join(tmpdir(), 'kilomega-crew-'))
    return new CrewShip(database, redis, folder, { DATABASE_POOL_SIZE: '8', QUEUE_POOL_SIZE: '4', RELAY_LEASE_MS: '3000', ...over, ...settings })
  }

  /** Starts one more process. Resolves when it is ready. */
  async embark(): Promise<ChildProcess> {
    const child = this.spawn()
    this.processes.push(child)
    let said = ''
    for (const output of [child.stdout!, child.stderr!]) output.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(said)
      return said.includes('"process.ready"')
    }, 60_000)
    said = ''
    return child
  }

  /** Starts a process that should refuse to start. Returns its exit code and its error output. */
  async turnAway(settings: Record<string, string>): Promise<{ code: number | null; said: string; tookMs: number }> {
    const startedMs = performance.now()
    const child = this.spawn(settings)
    let said = ''
    child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stdout!.resume()
    const overdue = setTimeout(() => child.kill('SIGKILL'), 30_000)
    const [code] = (await once(child, 'exit')) as [number | null]
    clearTimeout(overdue)
    return { code, said, tookMs: performance.now() - startedMs }
  }

  /** Kills a process without warning; its work is left unfinished. */
  async kill(child: ChildProcess): Promise<void> {
    this.processes.splice(this.processes.indexOf(child), 1)
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** Stops a process as a deployment does. Returns its exit code and how long it took. */
  async stop(child: ChildProcess): Promise<{ code: number | null; tookMs: number }> {
    this.processes.splice(this.processes.indexOf(child), 1)
    const startedMs = performance.now()
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    return { code, tookMs: performance.now() - startedMs }
  }

  /** Kills a process during a job, as soon as one runs. Returns false if no job is left. */
  async killAtWork(): Promise<boolean> {
    const victim = await eventually(async () => {
      if ((await this.undelivered()) === 0) return undefined
      const [busy] = await this.busyProcesses()
      if (!busy) return false
      // It is paused during the check, so that its job cannot end between the check and the kill.
      busy.kill('SIGSTOP')
      if ((await this.busyProcesses()).includes(busy)) return busy
      busy.kill('SIGCONT')
      return false
    }, 60_000)
    if (!victim) return false
    await this.kill(victim)
    return true
  }

  /** Number of effects of the jobs of one kind, and number of jobs that had an effect. */
  async deeds(kind: 'haul' | 'ring' | 'sighted' | 'voyage'): Promise<{ deeds: number; jobs: number }> {
    const [row] = await this.rows<{ deeds: number; jobs: number }>(deeds, [kind])
    return row!
  }

  /** Jobs that are still in the ledger. */
  undelivered(): Promise<number> {
    return this.count('SELECT count(*) FROM crew.delivery')
  }

  /** Writes jobs of one kind into the outbox, as a transaction of the module would. Returns their ids. */
  async ask(kind: 'haul' | 'sink' | 'voyage' | 'drift', count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => uuidv7())
    await this.database.database.write((transaction) => transaction.query(ask, [kind, ids]))
    return ids
  }

  /** Number of starts of jobs of one kind. */
  starts(kind: 'haul' | 'sink' | 'voyage' | 'drift'): Promise<number> {
    return this.count('SELECT count(*) FROM crew.deed WHERE kind = $1 AND begun', [kind])
  }

  get databaseUrl(): string {
    return this.database.url
  }

  rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.database.database.read((queryable) => queryable.query<Row>(sql, values))
  }

  async count(sql: string, values: unknown[] = []): Promise<number> {
    const [row] = await this.rows<{ count: number }>(sql, values)
    return Number(row!.count)
  }

  async close(): Promise<void> {
    for (const child of [...this.processes]) await this.kill(child)
    await this.database.close()
    await this.redis?.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** Processes that have started a job that has not ended. */
  private async busyProcesses(): Promise<ChildProcess[]> {
    const pids = (await this.rows<{ pid: number }>(running)).map(({ pid }) => pid)
    return this.processes.filter(({ pid }) => pids.includes(pid!))
  }

  private spawn(settings: Record<string, string> = {}): ChildProcess {
    const own = { NODE_ENV: 'development', LOG_FORMAT: 'json', HTTP_PORT: '0', HTTP_INTERNAL_PORT: '0', ...this.settings, ...settings }
    const env = { PATH: processEnvironment()['PATH'], ...own, DATABASE_URL: this.database.url }
    return spawn(process.execPath, [program], { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  }
}
