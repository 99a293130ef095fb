import { createHash, type Hash, randomUUID } from 'node:crypto'
import { pipeline, type Readable, Transform } from 'node:stream'
import { maxUploadBytes } from '@kilomega/contracts'
import type { Upload } from '@kilomega/contracts'
import { AppError, type ErrorKind, portErrors } from '@kilomega/ports'
import type { ObjectStore } from '@kilomega/storage'
import type { FastifyRequest } from 'fastify'
import { discardBody } from './discard-body.js'

/** The store ends an upload at its limit. The parser's own limit is one byte higher, because it would silently truncate the file. */
const formOptions = {
  limits: { fileSize: maxUploadBytes + 1 },
  /** The field's name decides too: some clients send neither a filename nor a type for bytes. */
  isPartAFile: (field: string | undefined, type: string | undefined, filename: string | undefined): boolean =>
    field === 'file' || filename !== undefined || type === 'application/octet-stream',
}

/**
 * Streams the one file of a form into quarantine and passes it to `accept` with its fields and the hash of its bytes. If anything fails on the way
 * (a limit, a client that disconnects, a refusal), the object is removed before the error is passed on. If `accept` may have accepted it but its answer
 * is lost, the object stays: the module's sweep removes it if it is not used.
 */
export async function receiveUpload<T>(request: FastifyRequest, store: ObjectStore, accept: (upload: Upload) => Promise<T>): Promise<T> {
  const objectKey = `quarantine/${randomUUID()}`
  let passedOn = false
  try {
    const form = await readForm(request, (bytes) => keep(store, objectKey, bytes))
    passedOn = true
    return await accept({ objectKey, ...form })
  } catch (error) {
    discardBody(request.raw)
    if (!passedOn || isRefusal(error)) await store.remove(objectKey)
    throw error
  }
}

const outcomesLost: readonly ErrorKind[] = ['deadline', 'unavailable', 'internal']
const isRefusal = (error: unknown): boolean => error instanceof AppError && !outcomesLost.includes(error.kind)

interface KeptFile {
  sizeBytes: number
  hash: string
}

interface Form extends KeptFile {
  alt?: string
}

async function readForm(request: FastifyRequest, keepFile: (bytes: Readable) => Promise<KeptFile>): Promise<Form> {
  let file: KeptFile | undefined
  let alt: string | undefined
  for await (const part of readable(request.parts(formOptions))) {
    if (part.type === 'file' && part.fieldname === 'file') file = await keepFile(part.file)
    else if (part.type === 'field' && part.fieldname === 'alt') alt = textIn(part.fieldname, String(part.value))
    else throw refusal(part.fieldname, 'unknown_field', `Unknown field: ${part.fieldname}`)
  }
  if (file === undefined) throw refusal('file', 'invalid_type', 'Send one file')
  return { ...file, ...(alt !== undefined && { alt }) }
}

/** The parser has replaced bytes that are not UTF-8. A text that was already damaged by the client is refused as well. */
function textIn(name: string, value: string): string {
  if (value.includes('\ufffd')) throw refusal(name, 'invalid_utf8', 'This is not UTF-8')
  return value
}

/** Error codes of the parser. Their own status would be that of a body that is too large, after which the connection is cut. */
const tooMany = /^FST_(PARTS|FILES|FIELDS)_LIMIT$/

/** Turns the parser's errors about malformed input into client errors. */
async function* readable<Part>(parts: AsyncIterable<Part>): AsyncGenerator<Part> {
  const iterator = parts[Symbol.asyncIterator]()
  for (;;) {
    const next = await iterator.next().catch((error: Error & { statusCode?: number; code?: string }) => {
      if (tooMany.test(error.code ?? '')) throw refusal('', 'too_big', 'The form has too many parts')
      throw error.statusCode === undefined ? malformed(error) : error
    })
    if (next.done) return
    yield next.value
  }
}

async function keep(store: ObjectStore, objectKey: string, bytes: Readable): Promise<KeptFile> {
  const sum = createHash('sha256')
  try {
    const { sizeBytes } = await store.put(objectKey, summed(bytes, sum), { maxBytes: maxUploadBytes })
    return { sizeBytes, hash: sum.digest('hex') }
  } catch (error) {
    if (error instanceof AppError && error.code === 'OBJECT_TOO_LARGE') throw portErrors.PAYLOAD_TOO_LARGE(undefined, error)
    throw bytes.errored !== null && !(error instanceof AppError) ? malformed(error) : error
  }
}

/** The same bytes, added to the hash as they pass. An error or end on either side closes the other one. */
function summed(bytes: Readable, sum: Hash): Readable {
  const passing = new Transform({ transform: (chunk: Buffer, _, done) => (sum.update(chunk), done(null, chunk)) })
  return pipeline(bytes, passing, () => undefined)
}

const malformed = (cause: unknown): AppError => {
  const errors = [{ path: '', code: 'malformed', message: 'The form could not be read to its end' }]
  return portErrors.VALIDATION_FAILED({ errors }, cause)
}
const refusal = (path: string, code: string, message: string): AppError => portErrors.VALIDATION_FAILED({ errors: [{ path, code, message }] })
