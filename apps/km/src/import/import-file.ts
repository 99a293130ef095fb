import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Connection } from '../api/connection.js'
import { dataFolder } from '../start/paths.js'
import { type BadLine, packBatches } from './batches.js'
import { BatchSender } from './batch-sender.js'
import { Checkpoint } from './checkpoint.js'
import { readDocumentLines } from './document-lines.js'
import { Importer } from './importer.js'
import { ProgressBar } from './progress-bar.js'
import { type ImportSource, openSource } from './import-source.js'
import { surveySource } from './survey-source.js'
import { Throttle } from './throttle.js'

export interface ImportSummary {
  /** Its path, or `-` for standard input. */
  file: string
  lines: number
  /** Lines that an earlier, interrupted import had finished. */
  resumedAfterLine: number
  created: number
  unchanged: number
  badLines: BadLine[]
  tookMs: number
}

/** Concurrent requests. Two keep the API busy; a third does not speed up the import and doubles the wait of other callers (p99 of a read: 123 instead of 63 ms). */
const requestsAtOnce = 2

/** Publishes a file or piped input, from its first line or from where an earlier import of the same content to the same API stopped. */
export async function importFile(file: string, { connection, restart }: { connection: Connection; restart: boolean }): Promise<ImportSummary> {
  const began = performance.now()
  // Later, an unreachable API is waited for; one that cannot be reached at the start is most likely a wrong address.
  await connection.api.call({ method: 'GET', path: '/health/live' })
  const folder = join(dataFolder, 'imports')
  const source = await openSource(file, { folder, input: process.stdin })
  try {
    return { ...(await importSource(source, { folder, connection, restart })), tookMs: performance.now() - began }
  } finally {
    await source.close()
  }
}

interface Importing {
  /** Where checkpoints are kept. */
  folder: string
  connection: Connection
  restart: boolean
}

async function importSource(source: ImportSource, { folder, connection, restart }: Importing): Promise<Omit<ImportSummary, 'tookMs'>> {
  const { hash, lines } = await surveySource(source)
  const checkpoint = new Checkpoint(folder, `${hash}-${shortHash(connection.api.url)}`)
  if (restart) checkpoint.clear()
  const resumedAfterLine = checkpoint.state.lastLine
  const { created, unchanged, badLines } = await send(source, { lines, checkpoint, connection })
  checkpoint.clear()
  return { file: source.name, lines, resumedAfterLine, created, unchanged, badLines }
}

interface Sending {
  lines: number
  checkpoint: Checkpoint
  connection: Connection
}

async function send(source: ImportSource, { lines, checkpoint, connection: { api, operator } }: Sending) {
  const throttle = new Throttle(requestsAtOnce)
  const sender = new BatchSender(async (request) => api.call({ ...request, token: await operator() }), throttle)
  const startLine = checkpoint.state.lastLine
  const bar = new ProgressBar(lines, startLine)
  try {
    return await new Importer(sender, throttle, checkpoint, bar.show).run(packBatches(readDocumentLines(source, startLine)))
  } catch (error) {
    checkpoint.write()
    throw error
  } finally {
    bar.stop()
  }
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
