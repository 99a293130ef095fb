import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { LRUCache } from 'lru-cache'
import type { z } from 'zod'
import { edgeErrors } from './edge-errors.js'
import { HttpConfig } from './http.config.js'

/** Bytes of the signature: 128 bits. */
const tagBytes = 16

/** Number of signatures that are cached, about 300 bytes each. The last items of frequently read pages stay the same for a while, and signing one costs 6 us. */
const remembered = 2_000

/** What a cursor belongs to: the name of a list, and the filters with which it was read. */
export interface CursorScope {
  list: string
  filters: Readonly<Record<string, unknown>>
}

/** Opaque cursors: the sort key of the last item seen, signed together with its list and filters, so that a client cannot make or edit one, or use it for another list. */
@Injectable()
export class Cursors {
  private readonly secret: KeyObject
  private readonly signed = new LRUCache<string, string>({ max: remembered })

  constructor({ cursorSecret }: HttpConfig) {
    this.secret = createSecretKey(Buffer.from(cursorSecret.reveal()))
  }

  sign(scope: CursorScope, key: unknown): string {
    const name = scopeText(scope)
    const text = JSON.stringify(key)
    const id = `${name}\0${text}`
    let cursor = this.signed.get(id)
    if (cursor === undefined) {
      const payload = Buffer.from(text)
      cursor = Buffer.concat([this.tag(name, payload), payload]).toString('base64url')
      this.signed.set(id, cursor)
    }
    return cursor
  }

  /** The key in the cursor; undefined if no cursor was given. Throws `INVALID_CURSOR` for anything that was not signed for this list and these filters. */
  open<S extends z.ZodType>(scope: CursorScope, schema: S, cursor: string | undefined): z.output<S> | undefined {
    if (cursor === undefined) return undefined
    const bytes = Buffer.from(cursor, 'base64url')
    const payload = bytes.subarray(tagBytes)
    const genuine = bytes.length > tagBytes && timingSafeEqual(bytes.subarray(0, tagBytes), this.tag(scopeText(scope), payload))
    if (!genuine || bytes.toString('base64url') !== cursor) throw edgeErrors.INVALID_CURSOR()
    const key = schema.safeParse(JSON.parse(payload.toString()))
    if (!key.success) throw edgeErrors.INVALID_CURSOR()
    return key.data
  }

  private tag(scope: string, payload: Buffer): Buffer {
    return createHmac('sha256', this.secret).update(scope).update('\0').update(payload).digest().subarray(0, tagBytes)
  }
}

function scopeText({ list, filters }: CursorScope): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined)
  return JSON.stringify([list, given.sort(([a], [b]) => (a < b ? -1 : 1))])
}
