import { hasOpenList, Problems, unstorableIn } from '@kilomega/ports'
import { z } from 'zod'
import { addFirstProblems } from './first-problems.js'
import { mayBeUnstorable } from './json-bytes.js'
import { checkQueryEncoding } from './query-encoding.js'
import { queryReader } from './query-text.js'
import { strict } from './strict.js'

/** In bytes: from this size on a body is large. Below it, finding its problems takes less than 10 ms, whatever they are. */
const largeBodyBytes = 16 * 1024

/** The parts of a request that callers fill in. */
export interface RequestParts {
  headers?: { 'content-length'?: string }
  url?: string
  params: unknown
  query: unknown
  body: unknown
}

/** Replaces the parts of a request by the values parsed by their schemas; throws one error that lists the problems of all parts. */
export type RequestReader = (request: RequestParts) => void

interface Schemas {
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
  upload?: boolean
  page?: unknown
}

type ReadPart = (value: unknown, problems: Problems, isLarge?: boolean) => unknown

/** Created once per route. A route that declares no query or body accepts none. */
export function requestReader({ params, query, body, upload, page }: Schemas): RequestReader {
  if (page !== undefined) return pageReader(query, body)
  const readParams = params === undefined ? ignored : textReader(partReader(strict(params)))
  const readQuery = query === undefined ? noQuery : queryPartReader(query)
  const readBody = upload ? ignored : body === undefined ? absent : bodyReader(body)
  return (request) => {
    const problems = new Problems()
    if (request.url !== undefined) checkQueryEncoding(request.url, problems)
    request.params = readParams(request.params, problems)
    request.query = readQuery(request.query, problems)
    request.body = readBody(request.body, problems, request.body !== undefined && isLarge(request))
    if (problems.count > 0) throw problems.error()
  }
}

/** Ignores fields that the schemas do not know. A form without fields has no body. */
function pageReader(query = z.object({}), body: z.ZodType = z.object({})): RequestReader {
  const [readQuery, readBody] = [query, body].map((schema) => textReader(partReader(schema))) as [ReadPart, ReadPart]
  return (request) => {
    const problems = new Problems()
    request.query = readQuery(request.query, problems)
    request.body = readBody(request.body ?? {}, problems)
    if (problems.count > 0) throw problems.error()
  }
}

/** A body of unknown length counts as large. */
const isLarge = ({ headers }: RequestParts): boolean => Number(headers?.['content-length'] ?? Infinity) > largeBodyBytes

const nothing = partReader(strict(z.object({})))
const ignored: ReadPart = (value) => value

/** Most requests have no query, so the schema that refuses one runs only if there is one. */
const noQuery: ReadPart = (value, problems) => {
  for (const _name in value as object) return nothing(value, problems)
  return value
}

const absent: ReadPart = (value, problems) => {
  if (value !== undefined && value !== null) problems.add({ path: '', code: 'unknown_field', message: 'This route takes no body' })
  return undefined
}

function queryPartReader(query: z.ZodObject): ReadPart {
  const fromText = queryReader(query)
  const read = partReader(strict(query))
  return textReader((value, problems) => read(fromText(value as Record<string, unknown>), problems))
}

/** Refuses text that PostgreSQL could not store unchanged: this is the caller's fault, whichever module stores it later. */
function textReader(read: ReadPart): ReadPart {
  return (value, problems, isLarge) => {
    const before = problems.count
    const result = read(value, problems, isLarge)
    const problem = problems.count === before ? unstorableIn(result) : undefined
    if (problem !== undefined) problems.add(problem)
    return result
  }
}

/** The items of a list of unknown values are checked one by one, behind its port. */
function bodyReader(body: z.ZodType): ReadPart {
  const read = partReader(strict(body))
  if (hasOpenList(z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }))) return read
  const readTexts = textReader(read)
  return (value, problems, isLarge) => (mayBeUnstorable(value) ? readTexts : read)(value, problems, isLarge)
}

function partReader(schema: z.ZodType): ReadPart {
  return (value, problems, isLarge) => {
    if (isLarge) addFirstProblems(schema, value, problems)
    if (problems.count > 0 && isLarge) return undefined
    const result = schema.safeParse(value)
    if (result.success) return result.data
    problems.addAll(result.error)
    return undefined
  }
}
