import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@kilomega/config'
import { ProcessMetrics, type SignalName, Signals } from '@kilomega/observability'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { DatabaseConfig } from '../src/database.config.js'
import { Databases } from '../src/databases.js'
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.js'
import type { Entity } from '../src/entity-source.js'

export const newFolder = (): string => join(tmpdir(), `kilomega-database-${randomBytes(6).toString('hex')}`)

/** A dedicated server, so that a test may kill it. Remove its folder when done: that also stops the server. */
export async function startServer(): Promise<{ server: EmbeddedPostgres; folder: string }> {
  const folder = newFolder()
  return { folder, server: await EmbeddedPostgres.start({ folder, port: 0, durable: false }) }
}

export const configOf = ({ url }: EmbeddedPostgres, settings: Record<string, string> = {}): DatabaseConfig =>
  loadConfig([DatabaseConfig], { DATABASE_URL: url.reveal(), ...settings }).get(DatabaseConfig)

export class RecordedSignals extends Signals {
  readonly recorded: { name: SignalName; fields: Record<string, unknown> }[] = []

  emit(name: SignalName, fields: Record<string, unknown> = {}): void {
    this.recorded.push({ name, fields })
  }

  of(name: SignalName): Record<string, unknown>[] {
    return this.recorded.filter((signal) => signal.name === name).map(({ fields }) => fields)
  }
}

export interface OpenedDatabases {
  databases: Databases
  signals: RecordedSignals
  metrics: ProcessMetrics
}

export async function openDatabases(server: EmbeddedPostgres, settings?: Record<string, string>, entities: Entity[] = []): Promise<OpenedDatabases> {
  const [signals, metrics] = [new RecordedSignals(), new ProcessMetrics()]
  const databases = new Databases({ config: configOf(server, settings), entities, signals, metrics })
  await databases.open()
  return { databases, signals, metrics }
}

/** Runs work as a call with this much time. */
export const within = <T>(timeMs: number, work: () => Promise<T>): Promise<T> =>
  runCall(new CurrentCall({ actor: system, trace: { requestId: 'test' }, deadlineMs: performance.now() + timeMs }), work)

export const outcome = (work: Promise<unknown>): Promise<{ code?: string; message?: string; problem?: string }> =>
  work.then(
    () => ({}),
    (error: unknown) => error as { code?: string; message?: string; problem?: string },
  )
