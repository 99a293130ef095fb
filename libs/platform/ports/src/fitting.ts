import { maxPayloadBytes } from './envelope.js'

/** The largest size of a page's items as JSON. It leaves room for the rest of the answer and its envelope. */
export const maxItemsBytes = maxPayloadBytes - 32 * 1024

/**
 * The first items of a page, as many as fit into one answer. A page may be shorter than requested; the next one starts where it ends. Within one process
 * nothing would stop a larger answer, so the page is cut where it is made, in every shape.
 */
export function fitting<T>(items: readonly T[]): T[] {
  let sizeBytes = 0
  const end = items.findIndex((item) => (sizeBytes += Buffer.byteLength(JSON.stringify(item)) + 1) > maxItemsBytes)
  return items.slice(0, end === -1 ? items.length : Math.max(1, end))
}
