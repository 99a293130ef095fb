import { edgeErrors } from '@kilomega/http'
import type { ByteRange } from '@kilomega/storage'

/**
 * The one range that a Range header asks for; nothing where the whole is to be sent: no header, several ranges, or an If-Range of another version.
 * 416 when it begins behind the end.
 */
export function rangeIn(headers: { range?: string; 'if-range'?: string | string[] }, sizeBytes: number, etag: string): ByteRange | undefined {
  const ifRange = headers['if-range']
  if (headers.range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined
  const [match, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range) ?? []
  if (match === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)
  if (start > end) throw edgeErrors.RANGE_NOT_SATISFIABLE()
  return { start, end }
}
