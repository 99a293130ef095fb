import { errors } from '@kilomega/ports'

/** What the HTTP edge itself answers, before or instead of a port. */
export const edgeErrors = errors({
  INVALID_CURSOR: ['invalid', 'The cursor is not one of this list; begin without a cursor'],
  METHOD_NOT_ALLOWED: ['invalid', 'This path has other methods; see Allow', 405],
  METHOD_UNKNOWN: ['invalid', 'This method is none that is known here', 501],
  HTTP_VERSION_UNKNOWN: ['invalid', 'HTTP is spoken here in version 1.1', 505],
  EXPECTATION_FAILED: ['invalid', 'Of Expect, 100-continue is known alone', 417],
  PRECONDITION_REQUIRED: ['invalid', 'Say in If-Match which version you have read', 428],
  PRECONDITION_FAILED: ['conflict', 'If-Match names another version', 412],
  UNSUPPORTED_CONTENT_TYPE: ['invalid', 'This route takes another content type', 415],
  URL_TOO_LONG: ['invalid', 'The URL is longer than 8 KiB', 414],
  HEADERS_TOO_LARGE: ['invalid', 'The headers are larger than 16 KiB', 431],
  INVALID_IDEMPOTENCY_KEY: ['invalid', 'Idempotency-Key is 1 to 255 printable characters'],
  IDEMPOTENCY_IN_PROGRESS: ['conflict', 'A request with this Idempotency-Key is being answered; ask again after Retry-After'],
  MISDIRECTED_REQUEST: ['invalid', 'The internal port is not asked under this Host; see HTTP_INTERNAL_NAMES', 421],
  REQUEST_TIMEOUT: ['deadline', 'The request did not arrive in time', 408],
  RANGE_NOT_SATISFIABLE: ['invalid', 'The range lies outside of the content', 416],
  ORIGIN_NOT_ALLOWED: ['forbidden', 'Pages of this origin may not call'],
})
