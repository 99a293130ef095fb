import { errors } from '@kilomega/ports'

/** Errors of the HTTP edge itself, raised before or instead of a call to a port. */
export const edgeErrors = errors({
  INVALID_CURSOR: ['invalid', 'The cursor does not belong to this list; start without a cursor'],
  METHOD_NOT_ALLOWED: ['invalid', 'This path does not support this method; see Allow', 405],
  METHOD_UNKNOWN: ['invalid', 'This method is not supported', 501],
  HTTP_VERSION_UNKNOWN: ['invalid', 'Only HTTP/1.1 is supported', 505],
  EXPECTATION_FAILED: ['invalid', 'The only supported value of Expect is 100-continue', 417],
  PRECONDITION_REQUIRED: ['invalid', 'Send the version that you have read in If-Match', 428],
  PRECONDITION_FAILED: ['conflict', 'If-Match names another version', 412],
  UNSUPPORTED_CONTENT_TYPE: ['invalid', 'This route does not accept this content type', 415],
  URL_TOO_LONG: ['invalid', 'The URL is longer than 8 KiB', 414],
  HEADERS_TOO_LARGE: ['invalid', 'The headers are larger than 16 KiB', 431],
  INVALID_IDEMPOTENCY_KEY: ['invalid', 'Idempotency-Key must be 1 to 255 printable characters'],
  IDEMPOTENCY_IN_PROGRESS: ['conflict', 'A request with this Idempotency-Key is in progress; try again after Retry-After'],
  MISDIRECTED_REQUEST: ['invalid', 'The internal port does not answer to this Host; see HTTP_INTERNAL_NAMES', 421],
  REQUEST_TIMEOUT: ['deadline', 'The request did not arrive in time', 408],
  RANGE_NOT_SATISFIABLE: ['invalid', 'The range is outside the content', 416],
  ORIGIN_NOT_ALLOWED: ['forbidden', 'This origin is not allowed to call the API'],
})
