import { ImportedPost, type ImportBatch, type ImportResult } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { portErrors, problemsOf } from '@kilomega/ports'
import type { z } from 'zod'
import type { PublishedPosts, PublishedFacts } from './published-posts.js'

type Document = z.output<typeof ImportedPost>

/** Rows are inserted in order of key, so that two batches with the same documents wait for each other instead of deadlocking. */
const insert = `
  WITH document AS (
    SELECT * FROM json_to_recordset($2::json) AS document (key text, title text, body text, category text, tags text[])
  ), created AS (
    INSERT INTO content.post (author_id, import_key, title, body, category, tags, published_at)
    SELECT $1, key, title, body, category, coalesce(tags, '{}'), now() FROM document ORDER BY key
    ON CONFLICT (author_id, import_key) WHERE import_key IS NOT NULL DO NOTHING
    RETURNING id, import_key, tags, version, published_at
  ), listed AS (
    INSERT INTO content.post_tag (tag, published_at, id) SELECT unnest(tags), published_at, id FROM created
  )
  SELECT id, import_key AS key, version, published_at AS "publishedAt" FROM created`

interface Created {
  id: string
  key: string
  version: number
  publishedAt: string
}

const strict = ImportedPost.strict()

/** A batch after every document has been checked. */
interface CheckedBatch {
  /** By key. */
  accepted: Map<string, Document>
  rejected: ImportResult['rejected']
  /** The number of documents received. */
  size: number
}

/** One by one, so that a bad document does not keep the others out. Of two with the same key the first counts. */
export function checkDocuments({ documents }: z.output<typeof ImportBatch>): CheckedBatch {
  const accepted = new Map<string, Document>()
  const rejected: ImportResult['rejected'] = []
  documents.forEach((document, index) => {
    const result = strict.safeParse(document)
    if (!result.success) rejected.push(rejection(index, result.error))
    else if (!accepted.has(result.data.key)) accepted.set(result.data.key, { ...result.data, tags: [...new Set(result.data.tags)] })
  })
  return { accepted, rejected, size: documents.length }
}

/** Creates and publishes documents at once. A key that its author has used before changes nothing: the post may have been edited since. */
export async function importPosts(transaction: Transaction, published: PublishedPosts, authorId: string, batch: CheckedBatch): Promise<ImportResult> {
  const { accepted, rejected, size } = batch
  const created = accepted.size === 0 ? 0 : await store(transaction, published, authorId, accepted)
  return { created, unchanged: size - rejected.length - created, rejected }
}

/** Per document: the answer covers 200 documents in 512 KiB, with field names in which each character may take 6 bytes. */
const maxProblems = 5
const messageLength = 400

function rejection(index: number, error: z.ZodError): ImportResult['rejected'][number] {
  const { code } = portErrors.VALIDATION_FAILED()
  return {
    index,
    code,
    message: problemsOf(error)
      .slice(0, maxProblems)
      .map(({ path, message }) => [path, message].join(': '))
      .join('; ')
      .slice(0, messageLength)
      .toWellFormed(),
  }
}

async function store(transaction: Transaction, published: PublishedPosts, authorId: string, documents: Map<string, Document>): Promise<number> {
  const rows = await transaction.query<Created>(insert, [authorId, JSON.stringify([...documents.values()])])
  await published.announce(transaction, ...rows.map((row) => factsOf(row, documents.get(row.key)!, authorId)))
  return rows.length
}

function factsOf({ id, version, publishedAt }: Created, { title, body, category, tags = [] }: Document, authorId: string): PublishedFacts {
  return { id, version, authorId, title, body, category: category ?? null, tags, mediaIds: [], publishedAt }
}
