import { processEnvironment } from '@kilomega/config'
import { Database, DatabaseModule, migration, type Transaction } from '@kilomega/database'
import { Hears, implement } from '@kilomega/messaging'
import { type DomainEvent, event, port, query } from '@kilomega/ports'
import { job, type JobRun, Runs } from '@kilomega/queue'
import { Injectable, Module } from '@nestjs/common'
import { z } from 'zod'

/** Exists only because every module has a port. */
export abstract class CrewPort extends port('crew', { size: query({ input: z.object({}), output: z.number(), timeoutMs: 1_000 }) }) {}

const Haul = job('crew.haul', z.object({ rope: z.number() }))
const Sink = job('crew.sink', z.object({}))
const Ring = job('crew.ring', z.object({}))
const Voyage = job('crew.voyage', z.object({}), { timeoutMs: 300_000 })
const Drift = job('crew.drift', z.object({}), { timeoutMs: Number(processEnvironment()['CREW_DRIFT_MS'] || 60_000) })

/** An event that the crew itself hears. */
export const Sighted = event('crew.sighted', z.object({ ship: z.number() }))

const ringEveryMs = Number(processEnvironment()['CREW_RING_EVERY_MS'] || 3_600_000)
const voyageMs = Number(processEnvironment()['CREW_VOYAGE_MS'] || 60_000)
const atOnce = Number(processEnvironment()['CREW_AT_ONCE'] || 4)

const tables = migration(
  '202611260000-create-deeds',
  `CREATE TABLE crew.done (job_id text PRIMARY KEY)`,
  // Without a key, so that duplicates show.
  `CREATE TABLE crew.deed (job_id text NOT NULL, kind text NOT NULL, pid integer NOT NULL, begun boolean NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())`,
)

const insertStart = `INSERT INTO crew.deed (job_id, kind, pid, begun) VALUES ($1, $2, $3, true)`
const first = `INSERT INTO crew.done (job_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING job_id`
/** Long enough for the process to be killed meanwhile. */
const work = `SELECT pg_sleep(0.04)`
const insertEnd = `INSERT INTO crew.deed (job_id, kind, pid, begun) VALUES ($1, $2, $3, false)`

/** Jobs whose effects are rows: one kills its process, one has a schedule, and two ignore their signal, of which one takes long and one never ends. */
@Injectable()
class CrewJobs {
  constructor(private readonly database: Database) {}

  @Runs(Haul, { concurrency: atOnce })
  async haul(_: object, { id }: JobRun): Promise<void> {
    await this.recordStart(id, 'haul')
    await this.once(id, 'haul')
  }

  @Runs(Sink)
  async sink(_: object, { id }: JobRun): Promise<void> {
    await this.recordStart(id, 'sink')
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => undefined)
  }

  @Runs(Ring, { everyMs: ringEveryMs, catchUp: 'all' })
  async ring(_: object, { id }: JobRun): Promise<void> {
    await this.recordStart(id, 'ring')
    await this.once(id, 'ring')
  }

  @Runs(Voyage)
  async voyage(_: object, { id }: JobRun): Promise<void> {
    await this.recordStart(id, 'voyage')
    await new Promise((resolve) => setTimeout(resolve, voyageMs))
    await this.once(id, 'voyage')
  }

  @Runs(Drift)
  async drift(_: object, { id }: JobRun): Promise<void> {
    await this.recordStart(id, 'drift')
    await new Promise(() => undefined)
  }

  /** Recorded first, so that it is known even if the process dies. */
  private async recordStart(id: string, kind: string): Promise<void> {
    await this.database.write((transaction) => transaction.query(insertStart, [id, kind, process.pid]))
  }

  /** As every job should do, checks in the transaction of the effect whether it was already done. */
  private async once(id: string, kind: string): Promise<void> {
    await this.database.write(async (transaction) => {
      if ((await transaction.query(first, [id])).length === 0) return
      await transaction.query(work)
      await transaction.query(insertEnd, [id, kind, process.pid])
    })
  }
}

const sighted = `INSERT INTO crew.deed (job_id, kind, pid, begun) SELECT id, 'sighted', $2, false FROM unnest($1::text[]) AS id`

/** Writes a row for each event, in the transaction of its inbox. */
@Injectable()
class CrewEvents {
  @Hears(Sighted, { batch: 50 })
  async note(events: DomainEvent<{ ship: number }>[], transaction: Transaction): Promise<void> {
    await transaction.query(sighted, [events.map(({ id }) => id), process.pid])
    // Long enough for the process to be killed meanwhile.
    await transaction.query(`SELECT pg_sleep(0.02)`)
  }
}

@Injectable()
class CrewService implements CrewPort {
  async size(): Promise<number> {
    return atOnce
  }
}

@Module({ imports: [DatabaseModule.forSchema('crew')], providers: [CrewService, CrewJobs, CrewEvents] })
class CrewModule {}

export const crew = implement(CrewPort, { module: CrewModule, service: CrewService, jobs: [CrewJobs], hears: [CrewEvents], migrations: [tables] })
