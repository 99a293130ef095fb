import type { Readable } from 'node:stream'
import type { RenditionBytes } from '@kilomega/contracts'
import { isKnown, notModified } from '@kilomega/http'
import type { ObjectStore } from '@kilomega/storage'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { rangeIn } from './byte-range.js'

interface Wanted {
  bytes: RenditionBytes
  name: string
  /** The hash in the URL. */
  version: string | undefined
}

/** Streams a rendition, or answers that the caller already has it. Shared caches may keep it only if it is public and its URL can only mean these bytes. */
export function sendRendition(store: ObjectStore, wanted: Wanted, request: FastifyRequest, reply: FastifyReply): Promise<Readable> | undefined {
  const { bytes, name, version } = wanted
  const etag = `"${bytes.hash}"`
  const immutable = bytes.public && version === bytes.hash
  const known = isKnown(etag, request.headers)
  const range = known ? undefined : rangeIn(request, reply, { sizeBytes: bytes.sizeBytes, etag })
  reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'private, no-store',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-disposition': `inline; filename="${name}.${name.split('-', 1)[0]}"`,
  })
  if (known) return notModified(reply)
  reply.header('content-type', bytes.type)
  if (range === undefined) {
    reply.header('content-length', bytes.sizeBytes)
    return store.get(bytes.objectKey)
  }
  const { start, end } = range
  reply.status(206).headers({ 'content-range': `bytes ${start}-${end}/${bytes.sizeBytes}`, 'content-length': end - start + 1 })
  return store.get(bytes.objectKey, range)
}
