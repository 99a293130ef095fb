import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'pg'
import { sizeOf } from '../migration-plan/table-size.js'
import { type BackfillPlace, type BackfillProgress, beginBackfill, saveProgress } from './backfill-progress.js'
import { batchStatements, type BatchStatements } from './backfill-statements.js'
import type { MigrationTable } from './migration-table.js'
import type { BackfillStep } from './migration.js'
import { awaitReplicas } from './replica-lag.js'
import { inStepTransaction } from './step-transaction.js'
import { quotedName } from './table-name.js'
import { stepFailed, withLockRetries } from './with-lock-retries.js'

/** Writers of a row of the batch wait for its end, so a batch that takes longer is halved. */
const longestBatchMs = 200
const replicaWaitMs = 600_000

export interface BackfillRun {
  schema: string
  migration: BackfillStep
  /** Called after each batch. */
  onProgress?: ((progress: BackfillProgress) => void) | undefined
  /** How long a batch waits for replicas: 10 minutes. */
  waitForReplicasMs?: number | undefined
}

/** Runs a backfill from where it stands, and records it once it is through. */
export async function runBackfill(client: Client, table: MigrationTable, run: BackfillRun): Promise<void> {
  try {
    await runBatches(client, table, run)
  } catch (error) {
    throw stepFailed(run, 'stopped, and goes on from there when it is repeated', error)
  }
  await table.record(run.migration)
}

async function runBatches(client: Client, table: MigrationTable, run: BackfillRun): Promise<void> {
  const { backfill } = run.migration
  const statements = await batchStatements(client, backfill)
  const about = (await sizeOf(client, quotedName(backfill.table)))?.rows ?? null
  let place = await beginBackfill(table, run.migration)
  for (let size = backfill.batch, isLast = false; !isLast;) {
    await awaitReplicas(client, backfill, run.waitForReplicasMs ?? replicaWaitMs)
    const beganMs = performance.now()
    const before = place
    place = await withLockRetries(run, () =>
      inStepTransaction(client, async () => {
        const after = await runBatch(client, statements, before, size)
        await saveProgress(table, run.migration, after)
        return after
      }),
    )
    const tookMs = performance.now() - beganMs
    run.onProgress?.({ ...place, about })
    isLast = place.seen - before.seen < size
    size = nextSize(size, tookMs, backfill.batch)
    if (!isLast) await wait(tookMs * backfill.pause)
  }
}

async function runBatch(client: Client, { find, write }: BatchStatements, before: BackfillPlace, size: number): Promise<BackfillPlace> {
  const after = before.lastKey ?? []
  const { rows } = await client.query<{ last: string[]; seen: number }>(find(before.lastKey), [...after, size])
  if (rows[0] === undefined) return before
  const { last, seen } = rows[0]
  const { rowCount } = await client.query(write(before.lastKey), [...after, ...last])
  return { lastKey: last, seen: before.seen + seen, changed: before.changed + (rowCount ?? 0) }
}

function nextSize(size: number, tookMs: number, most: number): number {
  if (tookMs > longestBatchMs) return Math.max(1, Math.floor(size / 2))
  return tookMs < longestBatchMs / 2 ? Math.min(most, size * 2) : size
}
