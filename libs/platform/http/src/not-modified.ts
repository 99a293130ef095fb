import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { edgeErrors } from './edge-errors.js'
import { entityTagsIn } from './entity-tags.js'

/** Whether `If-None-Match` names this strong ETag: in a list, marked as weak, or as `*` (RFC 9110, section 13.1.2). `If-Match` is checked first: 412 if it names others. */
export function isKnown(etag: string, { 'if-match': expected, 'if-none-match': known }: FastifyRequest['headers']): boolean {
  if (expected !== undefined && !names(expected, etag)) throw edgeErrors.PRECONDITION_FAILED()
  return known !== undefined && names(known, etag)
}

function names(header: string, etag: string): boolean {
  const tags = entityTagsIn(header)
  return tags === '*' || tags.some((tag) => `"${tag}"` === etag)
}

/** Answers 304: headers that describe the content are dropped, while ETag, cache-control and vary stay. */
export function notModified(reply: FastifyReply): undefined {
  reply.status(304).removeHeader('content-type')
}

/** Fastify answers HEAD with the length it saw, which is 0 for 304; but it would have to be the length of the content (RFC 9110, section 8.6). */
export function leaveOutLengthOf304(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') return
    route.onSend = [
      ...[route.onSend ?? []].flat(),
      (_request, reply, payload, done) => {
        if (reply.statusCode === 304) reply.removeHeader('content-length')
        done(null, payload)
      },
    ]
  })
}
