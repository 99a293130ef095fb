import { z } from 'zod'
import type { Delivery } from '../subscription.js'

/** An event as it travels. Its payload is checked against its own schema by whoever hears it. */
const WireEvent = z.object({
  id: z.uuid(),
  name: z.string(),
  payload: z.unknown(),
  requestId: z.string(),
  occurredAt: z.string(),
  /** How often it had been claimed when it was sent off. */
  attempt: z.int().min(0),
})

export const encodeEvent = ({ id, name, payload, requestId, occurredAt, attempt }: Delivery): string =>
  JSON.stringify({ id, name, payload, requestId, occurredAt, attempt })

export const decodeEvent = (message: { json: () => unknown }): Delivery => WireEvent.parse(message.json())
