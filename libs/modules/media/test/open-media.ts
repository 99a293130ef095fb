import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Transaction } from '@kilomega/database'
import { ledgerMigrations, PostgresOutbox, PostgresReceipts } from '@kilomega/messaging'
import { CurrentCall, runCall } from '@kilomega/ports'
import { Jobs, type NewJob } from '@kilomega/queue'
import { DiskObjectStore } from '@kilomega/storage'
import { openDatabase, SignalsRecorder } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { UploadAcceptance } from '../src/accept-upload.js'
import { UploadInspection } from '../src/inspect-upload.js'
import { MediaService } from '../src/media.service.js'
import { MediaSettlement } from '../src/settle-media.js'
import { implementation } from '../src/index.js'
import { Media } from '../src/tables/media.entity.js'

/** Jobs as rows of the real outbox, where they stay, because no queue runs here. */
class JobsInOutbox extends Jobs {
  readonly asked: NewJob[] = []

  constructor(private readonly outbox: PostgresOutbox) {
    super()
  }

  add(transaction: Transaction, ...jobs: NewJob[]): Promise<void> {
    this.asked.push(...jobs)
    return this.outbox.addJobs(
      transaction,
      jobs.map(({ definition, payload }) => ({ name: definition.jobName, payload })),
    )
  }
}

export const config = { maxPixels: 50_000_000, maxFrames: 100, renderTimeoutMs: 30_000, renderIdleMs: 10_000, renderMemoryMb: 512 }
export const alice = uuidv7()
export const bob = uuidv7()

/** Runs work as a user. */
export const as = <T>(id: string, work: () => Promise<T>): Promise<T> =>
  runCall(new CurrentCall({ actor: { kind: 'user', id, role: 'user', sessionId: 's' }, trace: { requestId: 'test' } }), work)

/** The module's parts over a real database and a real folder, without a queue. */
export async function openMedia() {
  const { migrations, entities } = implementation
  const opened = await openDatabase({ schema: 'media', migrations, entities, platform: ledgerMigrations })
  const folder = await mkdtemp(join(tmpdir(), 'media-'))
  const { database } = opened
  const repository = opened.databases.of('media').repository(Media)
  const store = new DiskObjectStore(folder)
  const signals = new SignalsRecorder()
  const outbox = new PostgresOutbox({ ring: () => {} } as never, { enabled: false } as never, {} as never)
  const jobs = new JobsInOutbox(outbox)
  const settlement = new MediaSettlement(repository, database, outbox, jobs)
  const receipts = new PostgresReceipts()
  const uploads = new UploadAcceptance(repository, database, jobs, new UploadInspection(store, config), receipts)
  const service = new MediaService(repository, database, jobs, uploads, receipts)

  /** Puts bytes into quarantine, as the edge does. */
  const quarantine = async (file: Buffer): Promise<{ objectKey: string; sizeBytes: number }> => {
    const objectKey = `quarantine/${uuidv7()}`
    await store.put(objectKey, Readable.from([file]), { maxBytes: 50 * 1024 * 1024 })
    return { objectKey, sizeBytes: Math.max(file.length, 1) }
  }
  const upload = async (file: Buffer, owner = alice) => {
    const upload = await quarantine(file)
    return as(owner, () => service.accept(upload))
  }
  /** Names and payloads of events and jobs, in order. */
  const outboxEntries = (): Promise<{ name: string; payload: Record<string, unknown> }[]> =>
    database.read((queryable) => queryable.query('SELECT name, payload FROM media.outbox ORDER BY id'))
  const rows = <Row extends object>(sql: string, parameters: unknown[] = []) =>
    database.write((transaction) => transaction.query<Row>(sql, parameters))
  const close = async () => {
    await opened.close()
    await rm(folder, { recursive: true })
  }
  return { database, repository, store, jobs, outbox, settlement, service, signals, quarantine, upload, outboxEntries, rows, close }
}
