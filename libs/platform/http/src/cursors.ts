import { createHmac, timingSafeEqual } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { edgeErrors } from './edge-errors.js'
import { HttpConfig } from './http.config.js'

/** Bytes of the signature: 128 bits. */
const tagBytes = 16

/** What a cursor belongs to: a list by name, and the filters under which it was read. */
export interface CursorScope {
  list: string
  filters: Readonly<Record<string, unknown>>
}

/** Opaque cursors: the sort key of the last item seen, signed together with its list and filters, so that none can be made, edited or carried over. */
@Injectable()
export class Cursors {
  constructor(private readonly config: HttpConfig) {}

  sign(scope: CursorScope, key: unknown): string {
    const payload = Buffer.from(JSON.stringify(key))
    return Buffer.concat([this.tag(scope, payload), payload]).toString('base64url')
  }

  /** The key inside; nothing where no cursor was given. `INVALID_CURSOR` for whatever was not signed for this list and these filters. */
  open<S extends z.ZodType>(scope: CursorScope, schema: S, cursor: string | undefined): z.output<S> | undefined {
    if (cursor === undefined) return undefined
    const bytes = Buffer.from(cursor, 'base64url')
    const payload = bytes.subarray(tagBytes)
    const genuine = bytes.length > tagBytes && timingSafeEqual(bytes.subarray(0, tagBytes), this.tag(scope, payload))
    if (!genuine || bytes.toString('base64url') !== cursor) throw edgeErrors.INVALID_CURSOR()
    const key = schema.safeParse(JSON.parse(payload.toString()))
    if (!key.success) throw edgeErrors.INVALID_CURSOR()
    return key.data
  }

  private tag({ list, filters }: CursorScope, payload: Buffer): Buffer {
    const given = Object.entries(filters).filter(([, value]) => value !== undefined)
    const scope = JSON.stringify([list, given.sort(([a], [b]) => (a < b ? -1 : 1))])
    return createHmac('sha256', this.config.cursorSecret.reveal()).update(scope).update('\0').update(payload).digest().subarray(0, tagBytes)
  }
}
