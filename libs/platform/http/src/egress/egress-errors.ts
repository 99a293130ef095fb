import { errors } from '@kilomega/ports'

/** Refusals of a call to an outside URL. None of them reveals what the other side answered, or where it is. */
export const egressErrors = errors({
  URL_NOT_ALLOWED: ['invalid', 'This URL is not allowed: use https, port 443 and a public address', 422],
  URL_ANSWER_TOO_LARGE: ['invalid', 'The answer of this URL is too large', 422],
  URL_UNAVAILABLE: ['unavailable', 'This URL did not answer in time, or not as HTTP'],
})
