import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { pipeline } from 'node:stream'
import { z } from 'zod'

/** What a line may hold; other fields are passed over. */
const SourceDocument = z.object({
  name: z.string().min(1).max(200),
  title: z.string().min(1),
  body: z.string(),
  section: z.string().min(1).optional(),
  tags: z.array(z.string()).optional(),
})

/** A document as the API takes it. */
export interface ImportDocument {
  key: string
  title: string
  body: string
  category?: string
  tags?: string[]
}

export type DocumentLine = { line: number; document: ImportDocument } | { line: number; problem: string }

/** Reads a file of one JSON object a line, gzipped when its name ends in `.gz`. Empty lines are passed over; `afterLine` lines are not looked at. */
export async function* readDocumentLines(file: string, afterLine = 0): AsyncGenerator<DocumentLine> {
  let line = 0
  for await (const text of createInterface({ input: openText(file), crlfDelay: Infinity })) {
    line++
    if (line <= afterLine || text.trim() === '') continue
    yield parseLine(line, text)
  }
}

export function openText(file: string): NodeJS.ReadableStream {
  const bytes = createReadStream(file)
  // The error of either part reaches whoever reads the last one.
  return file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => undefined) : bytes
}

function parseLine(line: number, text: string): DocumentLine {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { line, problem: 'is not JSON' }
  }
  const parsed = SourceDocument.safeParse(value)
  if (!parsed.success) return { line, problem: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`).join('; ') }
  const { name, title, body, section, tags } = parsed.data
  return { line, document: { key: name, title, body, ...(section && { category: section }), ...(tags && { tags }) } }
}
