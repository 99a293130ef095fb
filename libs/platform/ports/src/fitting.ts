import { maxPayloadBytes } from './envelope.js'

/** What the items of a page may weigh as JSON: the rest of the answer and its envelope have room beside them. */
export const maxItemsBytes = maxPayloadBytes - 32 * 1024

/**
 * The first items of a page, as many as one answer carries: a page may be shorter than was asked for, and the next one begins where it ends. In process
 * nothing would stop a larger answer, so it is cut where it is made, in every shape.
 */
export function fitting<T>(items: readonly T[]): T[] {
  let sizeBytes = 0
  const end = items.findIndex((item) => (sizeBytes += Buffer.byteLength(JSON.stringify(item)) + 1) > maxItemsBytes)
  return items.slice(0, end === -1 ? items.length : Math.max(1, end))
}
