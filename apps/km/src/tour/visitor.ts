import { randomBytes, randomUUID } from 'node:crypto'
import { Secret } from '@kilomega/config'

/** A new user for each tour, so that it can be taken any number of times. */
export interface Visitor {
  name: string
  email: string
  password: string
  /** Set at log-in. */
  token?: Secret
}

export function newVisitor(): Visitor {
  return { name: 'Ada Tourist', email: `tour-${randomUUID().slice(0, 8)}@example.org`, password: randomBytes(12).toString('base64url') }
}

/** UUIDv7: 48 bits of time, the rest random. */
export function newEventId(now = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x70
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
