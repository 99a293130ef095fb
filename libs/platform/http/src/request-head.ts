import type { IncomingMessage } from 'node:http'
import { type AppError, portErrors } from '@kilomega/ports'
import { edgeErrors } from './edge-errors.js'
import { maxHeadersBytes, maxUrlBytes } from './limits.js'

/** The characters allowed in Host (RFC 3986, section 3.2); empty if the target has no authority. */
const hostForm = /^[\w.~!$&'()*+,;=:[\]%-]*$/

/** Refuses a request whose head is too large, or that is ambiguous about the host: a proxy in front may have read another one. */
export function checkHead({ url, rawHeaders = [], headers, httpVersionMinor, httpVersionMajor }: IncomingMessage): void {
  if (url!.length > maxUrlBytes) throw edgeErrors.URL_TOO_LONG()
  let sizeBytes = 0
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 1) {
    const text = rawHeaders[index]!
    sizeBytes += text.length
    if (index % 2 === 0 && text.length === 4 && text.toLowerCase() === 'host') hosts += 1
  }
  if (sizeBytes > maxHeadersBytes) throw edgeErrors.HEADERS_TOO_LARGE()
  const needsHost = httpVersionMajor === 1 && httpVersionMinor === 1
  if (hosts > 1 || (hosts === 0 && needsHost)) throw refusal('A request must have exactly one Host')
  if (headers.host !== undefined && !hostForm.test(headers.host)) throw refusal('Host must be a name, with or without a port')
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') throw edgeErrors.EXPECTATION_FAILED()
}

const refusal = (message: string): AppError => portErrors.VALIDATION_FAILED({ errors: [{ path: 'Host', code: 'malformed', message }] })
