import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { maxUploadBytes } from '@kilomega/contracts'
import type { Upload } from '@kilomega/contracts'
import { AppError, portErrors } from '@kilomega/ports'
import type { ObjectStore } from '@kilomega/storage'
import type { FastifyRequest } from 'fastify'

/** The store ends an upload at its limit; the parser's own, one byte later, would cut it off without a word. */
const formLimits = { limits: { fileSize: maxUploadBytes + 1 } }

/**
 * Streams the one file of a form into quarantine and hands it to `accept` with its fields. Whatever goes wrong on the way (limits, a client that
 * goes away, a refusal), the object is removed before the error goes on.
 */
export async function receiveUpload<T>(request: FastifyRequest, store: ObjectStore, accept: (upload: Upload) => Promise<T>): Promise<T> {
  const objectKey = `quarantine/${randomUUID()}`
  try {
    return await accept({ objectKey, ...(await readForm(request, (bytes) => keep(store, objectKey, bytes))) })
  } catch (error) {
    await store.remove(objectKey)
    throw error
  }
}

interface Form {
  sizeBytes: number
  alt?: string
}

async function readForm(request: FastifyRequest, keepFile: (bytes: Readable) => Promise<number>): Promise<Form> {
  let sizeBytes: number | undefined
  let alt: string | undefined
  for await (const part of readable(request.parts(formLimits))) {
    if (part.type === 'file' && part.fieldname === 'file') sizeBytes = await keepFile(part.file)
    else if (part.type === 'field' && part.fieldname === 'alt') alt = String(part.value)
    else throw refusal(part.fieldname, 'unknown_field', `Unknown field: ${part.fieldname}`)
  }
  if (sizeBytes === undefined) throw refusal('file', 'invalid_type', 'Send one file')
  return { sizeBytes, ...(alt !== undefined && { alt }) }
}

/** The parser's complaints about what it reads, as the client's faults that they are. */
async function* readable<Part>(parts: AsyncIterable<Part>): AsyncGenerator<Part> {
  const iterator = parts[Symbol.asyncIterator]()
  for (;;) {
    const next = await iterator.next().catch((error: Error & { statusCode?: number }) => {
      throw error.statusCode === undefined ? malformed(error) : error
    })
    if (next.done) return
    yield next.value
  }
}

async function keep(store: ObjectStore, objectKey: string, bytes: Readable): Promise<number> {
  try {
    return (await store.put(objectKey, bytes, { maxBytes: maxUploadBytes })).sizeBytes
  } catch (error) {
    if (error instanceof AppError && error.code === 'OBJECT_TOO_LARGE') throw portErrors.PAYLOAD_TOO_LARGE(undefined, error)
    throw bytes.errored !== null && !(error instanceof AppError) ? malformed(error) : error
  }
}

const malformed = (cause: unknown): AppError => {
  const errors = [{ path: '', code: 'malformed', message: 'The form could not be read to its end' }]
  return portErrors.VALIDATION_FAILED({ errors }, cause)
}
const refusal = (path: string, code: string, message: string): AppError => portErrors.VALIDATION_FAILED({ errors: [{ path, code, message }] })
