import { isUtf8 } from 'node:buffer'
import { type AppError, portErrors, Problems } from '@kilomega/ports'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { invalidUtf8 } from '../json-bytes.js'
import { checkQueryEncoding } from '../query-encoding.js'

/** Enough for a token, two passwords of 256 characters, escapes, and what a browser adds. */
const maxFormBytes = 16 * 1024

const urlEncoded = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data'

/** Makes this scope of the server accept form bodies, in both encodings, and nothing else. */
export function acceptForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser([urlEncoded, multipart], { parseAs: 'buffer', bodyLimit: maxFormBytes }, formFields)
}

/** The fields of a form by name; a list if a name occurs more than once. */
async function formFields({ headers }: FastifyRequest, bytes: Buffer): Promise<Record<string, unknown>> {
  const contentType = headers['content-type']!
  const pairs = contentType.toLowerCase().startsWith(urlEncoded) ? urlEncodedPairs(bytes) : await multipartPairs(bytes, contentType)
  // Without a prototype, so that a field may have any name.
  const fields = Object.create(null) as Record<string, unknown>
  for (const [name, value] of pairs) fields[name] = name in fields ? [fields[name], value].flat() : value
  return fields
}

function urlEncodedPairs(bytes: Buffer): Iterable<[string, string]> {
  checkUtf8(bytes)
  const text = bytes.toString()
  const problems = new Problems()
  checkQueryEncoding(`?${text}`, problems)
  if (problems.count > 0) throw problems.error()
  return new URLSearchParams(text)
}

async function multipartPairs(bytes: Buffer, contentType: string): Promise<Iterable<[string, unknown]>> {
  checkUtf8(bytes)
  try {
    return await new Response(bytes, { headers: { 'content-type': contentType } }).formData()
  } catch {
    throw refusal()
  }
}

function checkUtf8(bytes: Buffer): void {
  if (!isUtf8(bytes)) throw portErrors.VALIDATION_FAILED({ errors: [invalidUtf8('')] })
}

const refusal = (): AppError => portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'malformed', message: 'The body is not a form' }] })
