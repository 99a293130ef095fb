import type { DocumentLine, ImportDocument } from './document-lines.js'

/** The API takes up to 200 documents and 448 KiB per request; the difference leaves room for the envelope. */
export const batchLimits = { documents: 200, bytes: 400 * 1024 }

export interface BadLine {
  line: number
  problem: string
}

/** Documents sent in one request, with the lines they came from. */
export interface Batch {
  documents: ImportDocument[]
  /** The line number of each document, by its index in the request. */
  lines: number[]
  badLines: BadLine[]
  /** All lines up to this one are in this batch or an earlier one. */
  lastLine: number
}

/** Packs lines into batches within the limits, in order. Bad lines travel with their batch, so that one line number describes the progress. */
export async function* packBatches(lines: AsyncIterable<DocumentLine>, limits = batchLimits): AsyncGenerator<Batch> {
  let batch = emptyBatch()
  let bytes = 0
  for await (const entry of lines) {
    if ('problem' in entry) {
      batch.badLines.push(entry)
    } else {
      const size = Buffer.byteLength(JSON.stringify(entry.document)) + 1
      if (size > limits.bytes) {
        batch.badLines.push({ line: entry.line, problem: `is a document of ${size} bytes, and ${limits.bytes} are the most` })
        batch.lastLine = entry.line
        continue
      }
      if (batch.documents.length > 0 && (batch.documents.length === limits.documents || bytes + size > limits.bytes)) {
        yield batch
        batch = emptyBatch()
        bytes = 0
      }
      batch.documents.push(entry.document)
      batch.lines.push(entry.line)
      bytes += size
    }
    batch.lastLine = entry.line
  }
  if (batch.lastLine > 0) yield batch
}

const emptyBatch = (): Batch => ({ documents: [], lines: [], badLines: [], lastLine: 0 })
