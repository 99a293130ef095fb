import { z } from 'zod'
import type { ImportSource } from './import-source.js'
import { lineLimitBytes, readTextLines, type TextLine } from './text-lines.js'

/** The fields of a line; others are ignored. */
const SourceDocument = z.object({
  name: z.string().min(1).max(200),
  title: z.string().min(1),
  body: z.string(),
  section: z.string().min(1).optional(),
  tags: z.array(z.string()).optional(),
})

/** A document as the API accepts it. */
export interface ImportDocument {
  key: string
  title: string
  body: string
  category?: string
  tags?: string[]
}

export type DocumentLine = { line: number; document: ImportDocument } | { line: number; problem: string }

/** Removes a byte order mark, and throws if the bytes are not UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads one JSON object per line. Empty lines are ignored; the first `afterLine` lines are skipped unread. */
export async function* readDocumentLines(source: Pick<ImportSource, 'open'>, afterLine = 0): AsyncGenerator<DocumentLine> {
  let line = 0
  for await (const found of readTextLines(source.open())) {
    line++
    if (line <= afterLine) continue
    const read = readLine(found)
    if (read !== undefined) yield { line, ...read }
  }
}

function readLine(found: TextLine): { document: ImportDocument } | { problem: string } | undefined {
  if ('tooLongBytes' in found) return { problem: `has ${found.tooLongBytes} bytes, and ${lineLimitBytes} are the most` }
  // ASCII text in UTF-16 is also valid UTF-8, in which every second byte is zero. JSON never contains a zero byte.
  if (found.bytes.includes(0)) return { problem: 'is not UTF-8' }
  let text: string
  try {
    text = utf8.decode(found.bytes)
  } catch {
    return { problem: 'is not UTF-8' }
  }
  return text.trim() === '' ? undefined : parseDocument(text)
}

function parseDocument(text: string): { document: ImportDocument } | { problem: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'is not JSON' }
  }
  const parsed = SourceDocument.safeParse(value)
  if (!parsed.success) return { problem: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`).join('; ') }
  const { name, title, body, section, tags } = parsed.data
  return { document: { key: name, title, body, ...(section && { category: section }), ...(tags && { tags }) } }
}
