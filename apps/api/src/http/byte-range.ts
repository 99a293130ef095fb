import { edgeErrors } from '@kilomega/http'
import type { ByteRange } from '@kilomega/storage'
import type { FastifyReply, FastifyRequest } from 'fastify'

interface Content {
  sizeBytes: number
  etag: string
}

/**
 * The single range that a Range header asks for. Undefined if the whole content is to be sent: without a header, with several ranges, with an If-Range
 * for another version, or for a request whose answer has no content. 416 with the size if the range starts beyond the end.
 */
export function rangeIn({ method, headers }: FastifyRequest, reply: FastifyReply, { sizeBytes, etag }: Content): ByteRange | undefined {
  const ifRange = headers['if-range']
  if (method !== 'GET') return undefined
  if (headers.range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined
  const [match, first = '', last = ''] = /^bytes=[\t ]*(\d{0,15})-(\d{0,15})[\t ]*$/i.exec(headers.range) ?? []
  if (match === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)
  if (start <= end) return { start, end }
  reply.header('content-range', `bytes */${sizeBytes}`)
  throw edgeErrors.RANGE_NOT_SATISFIABLE()
}
