import { DatabaseModule, migration } from '@kilomega/database'
import { implement } from '@kilomega/messaging'
import { Health } from '@kilomega/observability'
import { currentCall, port, portErrors, query } from '@kilomega/ports'
import { job, type JobDefinition, type JobRun, Runs } from '@kilomega/queue'
import { eventually, openRedis, type TestRedis } from '@kilomega/testing'
import { getQueueToken } from '@nestjs/bullmq'
import { Injectable, Module } from '@nestjs/common'
import type { Queue } from 'bullmq'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { type OpenedPort, openPort } from '../src/open-port.js'
import type { Backend } from './harbour.js'

/** Exists only because every module has a port. */
abstract class DockPort extends port('dock', { size: query({ input: z.object({}), output: z.number(), timeoutMs: 1_000 }) }) {}

const Cargo = z.object({ name: z.string() })
const impatient = { attempts: 2, backoffMs: 1, timeoutMs: 500 }
export const LoadShip = job('dock.load-ship', Cargo, impatient)
export const WeighShip = job('dock.weigh-ship', Cargo, impatient)
export const FillTanks = job('dock.fill-tanks', Cargo, impatient)
export const kinds = [LoadShip, WeighShip, FillTanks]
export const SweepDock = job('dock.sweep-dock', z.object({}), { attempts: 1 })
export const sweepEveryMs = 500

@Injectable()
class DockService implements DockPort {
  async size(): Promise<number> {
    return 1
  }
}

interface Start {
  kind: string
  name: string
  run: JobRun
  signal: AbortSignal
}

/** The name of a job decides what it does: `Endless` never answers, `Dry` waits for a dependency, all others are done at once. */
@Injectable()
export class DockJobs {
  readonly starts: Start[] = []
  readonly ticks: number[] = []
  /** Whether the dependency of `Dry` jobs is available. */
  water = true

  @Runs(LoadShip)
  load(cargo: { name: string }, run: JobRun): Promise<void> {
    return this.work(LoadShip, cargo, run)
  }

  @Runs(WeighShip)
  weigh(cargo: { name: string }, run: JobRun): Promise<void> {
    return this.work(WeighShip, cargo, run)
  }

  @Runs(FillTanks)
  fill(cargo: { name: string }, run: JobRun): Promise<void> {
    return this.work(FillTanks, cargo, run)
  }

  @Runs(SweepDock, { everyMs: sweepEveryMs })
  async sweep(_: object, { tickMs }: JobRun): Promise<void> {
    this.ticks.push(tickMs!)
  }

  private async work({ jobName }: JobDefinition, { name }: { name: string }, run: JobRun): Promise<void> {
    this.starts.push({ kind: jobName, name, run, signal: currentCall().signal })
    if (name === 'Endless') await new Promise(() => undefined)
    if (name === 'Dry' && !this.water) throw portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'water' })
  }
}

@Module({ imports: [DatabaseModule.forSchema('dock')], providers: [DockService, DockJobs] })
class DockModule {}

const implementation = implement(DockPort, {
  module: DockModule,
  service: DockService,
  jobs: [DockJobs],
  migrations: [migration('202601010000-create-nothing', 'SELECT 1')],
})

const ask = `INSERT INTO dock.outbox (id, name, payload, request_id) VALUES ($1, $2, $3, 'test')`
const addDelivery = `INSERT INTO dock.delivery (subscriber, event_id) VALUES ($1, $2)`

/** A module whose jobs may never end, with queues in Postgres or Redis. */
export class Dock {
  private constructor(
    readonly opened: OpenedPort<typeof DockPort>,
    readonly redis: TestRedis | undefined,
  ) {}

  static async open(backend: Backend, environment: Record<string, string> = {}): Promise<Dock> {
    const redis = backend === 'redis' ? await openRedis() : undefined
    const over = redis && { QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: redis.url, QUEUE_TIMEOUT_MS: '500' }
    return new Dock(await openPort(implementation, { environment: { RELAY_POLL_MS: '100', ...over, ...environment } }), redis)
  }

  get jobs(): DockJobs {
    return this.opened.get(DockJobs)
  }

  queue({ jobName }: JobDefinition): Queue {
    return this.opened.get<Queue>(getQueueToken(jobName) as never)
  }

  async ask({ jobName }: JobDefinition, name: string): Promise<string> {
    return this.add(jobName, { payload: { name }, delayMs: 0, version: 1 })
  }

  /** Adds a job without meaning, which only checks whether a worker is running. */
  async askCanary({ jobName }: JobDefinition): Promise<string> {
    return this.add(jobName, { canary: true })
  }

  startsOf({ jobName }: JobDefinition, name: string): Start[] {
    return this.jobs.starts.filter((start) => start.kind === jobName && start.name === name)
  }

  rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.opened.database.database.read((queryable) => queryable.query<Row>(sql, values))
  }

  async write(sql: string, values: unknown[] = []): Promise<void> {
    await this.opened.database.database.write((transaction) => transaction.query(sql, values))
  }

  /** Resolves when none of these jobs is left in the ledger. */
  async settled(ids: readonly string[], deadlineMs = 5_000): Promise<void> {
    await eventually(
      async () => expect(await this.rows('SELECT event_id FROM dock.delivery WHERE event_id = ANY($1::uuid[])', [ids])).toEqual([]),
      deadlineMs,
    )
  }

  async deadLetters(): Promise<{ id: string; reason: string }[]> {
    return this.rows('SELECT event_id AS id, reason FROM dock.dead_letter ORDER BY died_at')
  }

  async health(): ReturnType<Health['report']> {
    return this.opened.get(Health).report()
  }

  async close(): Promise<void> {
    await this.opened.close()
    await this.redis?.close()
  }

  private async add(jobName: string, payload: object): Promise<string> {
    const id = uuidv7()
    await this.opened.database.database.write(async (transaction) => {
      await transaction.query(ask, [id, `job:${jobName}`, JSON.stringify(payload)])
      await transaction.query(addDelivery, [`queue:${jobName}`, id])
    })
    return id
  }
}
